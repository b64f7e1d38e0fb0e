// SPDX-License-Identifier: BSD-2-Clause
// The environment of a login, and how a command is found and started.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/passwd.hpp"
#include "session/job.hpp"

namespace session {

/// HOME, SHELL, USER, LOGNAME, PATH, and TERM where @p term is not NULL.
[[nodiscard]] std::vector<std::string> login_environment(const libjail::User& user,
                                                         const char* term);

/// Replaces the environment by that of a login of @p user.
void log_in(const libjail::User& user);

struct ExecFailure {
  libjail::Error error;
  int status;  ///< 126 or 127, as a shell has them
};

/// Replaces the process image; the search path is that of the environment.
/// @return only on failure
[[nodiscard]] ExecFailure execute(const Command& command);

}  // namespace session
