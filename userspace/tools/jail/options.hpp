// SPDX-License-Identifier: BSD-2-Clause
// The command line of jail(8).
#pragma once

#include <string>
#include <variant>
#include <vector>

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

/// The end, before anything was done.
struct Stop {
  std::string out;  ///< for standard output
  std::string err;  ///< for standard error
  int status = 0;
};

/// @param argv  as main() has it, without the NULL at its end; parsing ends at the first operand
[[nodiscard]] std::variant<Invocation, Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jail_tool
