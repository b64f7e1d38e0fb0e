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

namespace jail_tool {

struct Invocation {
  libjail::JailSpec spec;
  libjail::UserRequest user;
  session::Command command;
  cli::Verbosity verbosity = cli::Verbosity::kNormal;
};

/// @param argv  as main() has it, without the NULL at its end; parsing ends at the first operand
[[nodiscard]] std::variant<Invocation, cli::Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jail_tool
