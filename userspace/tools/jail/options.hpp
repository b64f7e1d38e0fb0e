// SPDX-License-Identifier: BSD-2-Clause
// The command line of jail(8).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/messages.hpp"
#include "jail/apply.hpp"
#include "jail/spec.hpp"
#include "session/job.hpp"
#include "tools/jail/exhibit.hpp"
#include "tools/jail/manage.hpp"

namespace jail_tool {

struct Invocation {
  libjail::JailSpec spec;
  libjail::UserRequest user;
  session::Command command;
  cli::Verbosity verbosity = cli::Verbosity::kNormal;
};

/// What is to be done: run a command, show a configuration, start and stop jails, or nothing more.
using Request = std::variant<Invocation, Exhibit, Manage, cli::Stop>;

/// @param argv  as main() has it, without the NULL at its end; parsing ends at the first operand
[[nodiscard]] Request parse_arguments(std::vector<std::string> argv);

}  // namespace jail_tool
