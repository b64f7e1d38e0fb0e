// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/environment.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "cli/exit_status.hpp"

namespace jail_tool {

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

bool log_in(const libjail::User& user) {
  const auto environment = login_environment(user, std::getenv("TERM"));
  ::clearenv();
  for (const auto& entry : environment) {
    const auto equals = entry.find('=');
    ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
  }
  return user.home.empty() || ::chdir(user.home.c_str()) == 0;
}

ExecFailure execute(const std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());

  const int code = errno;
  const std::string& command = argv[0];
  if (code != ENOENT && code != ENOTDIR) {
    return {.error = {code, "command " + command, {}}, .status = cli::kNotExecutable};
  }
  const bool is_path = command.find('/') != std::string::npos;
  if (is_path && ::access(command.c_str(), F_OK) == 0) {
    return {.error = {0,
                      "command " + command +
                          " needs an interpreter or dynamic loader that is "
                          "not in the jail",
                      "install it in the jail, or link the command statically"},
            .status = cli::kNotFound};
  }
  return {.error = {0, "command " + command + " is not in the jail",
                    is_path ? "" : "PATH is searched below the jail's root"},
          .status = cli::kNotFound};
}

}  // namespace jail_tool
