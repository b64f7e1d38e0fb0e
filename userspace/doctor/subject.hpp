// SPDX-License-Identifier: BSD-2-Clause
// From what is known of a jail to what the checks want to know.
#pragma once

#include "doctor/doctor.hpp"
#include "jail/conf/config.hpp"
#include "jail/listing.hpp"

namespace libjail::doctor {

/// A jail as its configuration starts it, with the mounts of its fstab files.
/// @return an error for a file that cannot be read or is wrong
[[nodiscard]] Result<Subject> subject_of(Kernel& kernel, const conf::JailConfig& config);

/// A jail that runs.
/// @param process  one in it, or 0
[[nodiscard]] Subject subject_of(const ListedJail& jail, pid_t process);

}  // namespace libjail::doctor
