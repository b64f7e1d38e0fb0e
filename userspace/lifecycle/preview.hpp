// SPDX-License-Identifier: BSD-2-Clause
// What the start or the end of a jail does, as a shell would have it, and nothing of it done.
#pragma once

#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "network/interface_lease.hpp"

namespace libjail::lifecycle {

/// In the order of the steps. Mounts are made in a mount namespace that only the jail has, and what
/// begins with "jexec" in the jail.
/// @param cgroup_root  where the cgroup v2 file system is
/// @return an error for a jail that could not be made
[[nodiscard]] Result<std::vector<std::string>> start_commands(Kernel& kernel,
                                                              const network::NetworkConfig& network,
                                                              const std::string& cgroup_root,
                                                              const conf::JailConfig& config);

/// What is taken away afterwards is what the start has added.
[[nodiscard]] std::vector<std::string> stop_commands(const conf::JailConfig& config);

}  // namespace libjail::lifecycle
