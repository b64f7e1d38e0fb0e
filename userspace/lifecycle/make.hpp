// SPDX-License-Identifier: BSD-2-Clause
// The jail itself: a process of its own makes it, with a mount namespace that nobody else has, and
// passes the descriptor out.
#pragma once

#include <sys/types.h>

#include "jail/apply.hpp"
#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "lifecycle/interrupts.hpp"
#include "lifecycle/lease.hpp"
#include "session/channel.hpp"

namespace libjail::lifecycle {

/// What the jail has before anybody enters it: its file systems, in a mount namespace of its own,
/// and its network. Everything ends with the jail, or with the calling process.
/// @return the jail's descriptor
[[nodiscard]] Result<UniqueFd> make_here(Kernel& kernel, const conf::JailConfig& config,
                                         const Lease& lease, const StepLog& log);

struct Made {
  UniqueFd jail;                         ///< with a number from session::kFirstFree on
  pid_t init = 0;                        ///< its process 1, where it has one
  session::Channel channel{UniqueFd()};  ///< which keeps that
};

/// Calls make_here() in a process of its own. Where the jail is to have a PID namespace of its own,
/// that process stays in it as process 1.
[[nodiscard]] Result<Made> make_jail(Kernel& kernel, const conf::JailConfig& config,
                                     const Lease& lease, Interrupts& interrupts,
                                     const StepLog& log);

/// Lets process 1 end when it is alone, as the jail has been started.
/// @return whether it has ended now
[[nodiscard]] bool let_init_go(Made& made);

/// Which jail a descriptor means.
[[nodiscard]] Result<::jail_info> information(Kernel& kernel, int jail);

}  // namespace libjail::lifecycle
