// SPDX-License-Identifier: BSD-2-Clause
// The end of a jail, which always comes: what goes wrong on the way is told and does not stop it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "lifecycle/host.hpp"

namespace libjail::lifecycle {

struct StopRequest {
  std::string name;
  bool force = false;  ///< no commands, and no SIGTERM
  bool gone = false;   ///< it has ended by itself: only what comes after the end
  /// Of a jail without a record: what its file says, if it has one.
  std::optional<conf::JailConfig> config{};
};

/// Does in this order: exec.prestop, exec.stop, SIGTERM and after stop.timeout the kernel's kill,
/// exec.poststop, network and control group, exec.release. The commands are those that the jail was
/// started with.
/// @return what went wrong though the jail is gone; an error where there is no such jail, with the
///         code ENOENT, or it could not be removed
[[nodiscard]] Result<std::vector<Error>> stop(const Host& host, const StopRequest& request);

/// Undoes what processes that were killed have left half done.
/// @return the names of the jails
std::vector<std::string> sweep(const Host& host);

}  // namespace libjail::lifecycle
