// SPDX-License-Identifier: BSD-2-Clause
// The way to a root directory: whoever may change a part of it decides what becomes the jail.
#pragma once

#include <sys/types.h>

#include <string>

#include "doctor/findings.hpp"

namespace libjail::doctor {

struct RootDirectory {
  UniqueFd fd{};     ///< O_PATH
  std::string path;  ///< without symbolic links, as /proc/self/mountinfo has it
};

/// path-owner, path-symlink, path-writable: of the root directory and all above it.
/// @param owner  who may own the root directory besides root
/// @return an error where it cannot be reached
[[nodiscard]] Result<RootDirectory> check_path(Kernel& kernel, const std::string& path,
                                               Collector& found, uid_t owner = 0);

}  // namespace libjail::doctor
