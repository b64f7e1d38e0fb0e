// SPDX-License-Identifier: BSD-2-Clause
// A command that a tool runs in a jail, and how its process gets there.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/messages.hpp"
#include "jail/apply.hpp"
#include "jail/pid_namespace.hpp"

namespace session {

struct Command {
  std::vector<std::string> argv{};  ///< never empty
  std::string program{};            ///< what is executed; empty: argv[0]
  bool login = false;               ///< clean environment, home directory of the user entered as
  std::vector<std::pair<std::string, std::string>> environment{};  ///< set on top of it
  std::string directory{};                                         ///< in the jail; empty: as it is
};

struct Job {
  cli::Messages messages;
  Command command;
  /// Enters the jail, for ever. Called in the process that becomes the command; descriptors from
  /// the given one on are to be closed before. A descriptor that it needs has a number from
  /// kFirstFree on.
  std::function<libjail::Result<libjail::Entered>(unsigned int first_closed,
                                                  const libjail::StepLog& log)>
      enter;
  /// Where the command's process is forked. In a fresh one it gets a process 1 above it.
  libjail::PidNamespace pid_namespace{};
  /// Told of the jail entered, with the process that entered it.
  std::function<void(int jail, pid_t process)> entered = [](int, pid_t) {};
  /// Whether the command will be able to open a terminal of the jail's own; asked only where the
  /// caller has one.
  std::function<bool()> has_ptmx;
};

}  // namespace session
