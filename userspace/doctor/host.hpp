// SPDX-License-Identifier: BSD-2-Clause
// What the kernel tells of the host around a jail.
#pragma once

#include <map>
#include <string>

#include "doctor/device.hpp"
#include "doctor/files.hpp"
#include "doctor/findings.hpp"

namespace libjail::doctor {

/// @return valid as long as both arguments
[[nodiscard]] Drivers read_drivers(Kernel& kernel, const Sources& sources);

/// The sockets in the file system that somebody listens on, but for those in the root directory.
[[nodiscard]] std::map<FileId, std::string> read_sockets(Kernel& kernel, const Sources& sources,
                                                         const std::string& root);

/// kernel-none, userns, sysctl.
/// @return whether the kernel has jails
bool check_kernel(Kernel& kernel, const Sources& sources, Collector& found);

}  // namespace libjail::doctor
