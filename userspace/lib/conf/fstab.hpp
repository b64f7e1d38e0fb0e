// SPDX-License-Identifier: BSD-2-Clause
// The files of mount.fstab.
#pragma once

#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::conf {

/// The mounts in all of them, in order.
/// @return an error with file and line for one that is malformed, EPERM for a file that others than
///         root could have written
[[nodiscard]] Result<std::vector<Mount>> read_fstabs(Kernel& kernel, const JailConfig& config);

}  // namespace libjail::conf
