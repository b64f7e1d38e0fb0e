// SPDX-License-Identifier: BSD-2-Clause
#include "session/environment.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "cli/exit_status.hpp"

namespace session {

std::vector<std::string> login_environment(const libjail::User& user, const char* term) {
  const char* path = user.uid == 0
                         ? "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                         : "PATH=/usr/local/bin:/usr/bin:/bin";
  std::vector<std::string> environment{
      "HOME=" + (user.home.empty() ? "/" : user.home),
      "SHELL=" + (user.shell.empty() ? "/bin/sh" : user.shell),
      "USER=" + user.name,
      "LOGNAME=" + user.name,
      path,
  };
  if (term != nullptr) environment.push_back(std::string("TERM=") + term);
  return environment;
}

void log_in(const libjail::User& user) {
  const auto environment = login_environment(user, std::getenv("TERM"));
  ::clearenv();
  for (const auto& entry : environment) {
    const auto equals = entry.find('=');
    ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
  }
}

ExecFailure execute(const Command& command) {
  const std::string& program = command.program.empty() ? command.argv[0] : command.program;
  std::vector<char*> pointers;
  pointers.reserve(command.argv.size() + 1);
  for (const auto& argument : command.argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execvp(program.c_str(), pointers.data());

  const int code = errno;
  if (code != ENOENT && code != ENOTDIR) {
    return {.error = {code, "command " + program, {}}, .status = cli::kNotExecutable};
  }
  const bool is_path = program.find('/') != std::string::npos;
  if (is_path && ::access(program.c_str(), F_OK) == 0) {
    return {.error = {0,
                      "command " + program +
                          " needs an interpreter or dynamic loader that is "
                          "not in the jail",
                      "install it in the jail, or link the command statically"},
            .status = cli::kNotFound};
  }
  return {.error = {0, "command " + program + " is not in the jail",
                    is_path ? "" : "PATH is searched below the jail's root"},
          .status = cli::kNotFound};
}

}  // namespace session
