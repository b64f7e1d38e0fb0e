// SPDX-License-Identifier: BSD-2-Clause
// exec.consolelog.
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::lifecycle {

/// Opens the file for appending, and makes it with the mode 0600 if it is not there. Below the
/// jail's root @p root no symbolic link is followed, elsewhere none at the end of the path.
/// @return an error for what is no regular file, or has another name that might stand elsewhere
[[nodiscard]] Result<UniqueFd> open_console_log(Kernel& kernel, const std::string& path,
                                                const std::string& root);

}  // namespace libjail::lifecycle
