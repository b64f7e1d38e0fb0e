// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "doctor/doctor.hpp"

namespace libjail::doctor {

/// @param name  of a file below /proc
/// @return its text, empty where there is none
[[nodiscard]] std::string read_source(Kernel& kernel, const Sources& sources,
                                      const std::string& name);

}  // namespace libjail::doctor
