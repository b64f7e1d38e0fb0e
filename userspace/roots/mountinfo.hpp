// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"

namespace libjail::roots {

/// The mount points of /proc/self/mountinfo (proc_pid_mountinfo(5)), in its order.
[[nodiscard]] std::vector<std::string> parse_mount_points(std::string_view text);
[[nodiscard]] Result<std::vector<std::string>> mount_points(const std::string& file);

}  // namespace libjail::roots
