// SPDX-License-Identifier: BSD-2-Clause
// The environment of a login, and how a command is found and started.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/passwd.hpp"

namespace jail_tool {

/// HOME, SHELL, USER, LOGNAME, PATH, and TERM where @p term is not NULL.
[[nodiscard]] std::vector<std::string> login_environment(const libjail::User& user,
                                                         const char* term);

/// Replaces the environment and goes to the user's home directory, or stays in / where that fails.
/// @return whether the home directory could be entered
[[nodiscard]] bool log_in(const libjail::User& user);

struct ExecFailure {
  libjail::Error error;
  int status;  ///< 126 or 127, as a shell has them
};

/// Replaces the process image; the search path is that of the environment.
/// @return only on failure
[[nodiscard]] ExecFailure execute(const std::vector<std::string>& argv);

}  // namespace jail_tool
