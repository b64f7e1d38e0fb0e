// SPDX-License-Identifier: BSD-2-Clause
// The jail itself: a process of its own makes it, with a mount namespace that nobody else has, and
// passes the descriptor out.
#pragma once

#include "jail/apply.hpp"
#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "lifecycle/interrupts.hpp"
#include "lifecycle/lease.hpp"

namespace libjail::lifecycle {

/// What the jail has before anybody enters it: its file systems, in a mount namespace of its own,
/// and its network. Everything ends with the jail, or with the calling process.
/// @return the jail's descriptor
[[nodiscard]] Result<UniqueFd> make_here(Kernel& kernel, const conf::JailConfig& config,
                                         const Lease& lease, const StepLog& log);

/// Calls make_here() in a process of its own.
/// @return the jail's descriptor, with a number from session::kFirstFree on
[[nodiscard]] Result<UniqueFd> make_jail(Kernel& kernel, const conf::JailConfig& config,
                                         const Lease& lease, Interrupts& interrupts,
                                         const StepLog& log);

/// Which jail a descriptor means.
[[nodiscard]] Result<::jail_info> information(Kernel& kernel, int jail);

}  // namespace libjail::lifecycle
