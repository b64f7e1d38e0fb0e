// SPDX-License-Identifier: BSD-2-Clause
// Names of files from a pattern. glob(3) would pull the name services of glibc into programs that
// are linked statically, for the ~user that nobody asked for.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"

namespace libjail::conf {

/// @param pattern  as fnmatch(3) has it, with FNM_PATHNAME and FNM_PERIOD
/// @return the names, sorted; a pattern without '*', '?' and '[' itself, whether it exists or not
[[nodiscard]] Result<std::vector<std::string>> expand_pattern(const std::string& pattern);

}  // namespace libjail::conf
