// SPDX-License-Identifier: BSD-2-Clause
// Mends what a check found: only in the root directory's own file system, and only what is still
// what the check saw.
#pragma once

#include <string>

#include "doctor/doctor.hpp"

namespace libjail::doctor {

/// The command of a shell that does the same.
/// @param root  path of the root directory
[[nodiscard]] std::string repair_command(const std::string& root, const Repair& repair);

/// What is gone already is no error.
/// @return an error where it has become something else
[[nodiscard]] Result<void> mend(Kernel& kernel, const std::string& root, const Repair& repair);

}  // namespace libjail::doctor
