// SPDX-License-Identifier: BSD-2-Clause
// The command line of jexec(8).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "jail/apply.hpp"
#include "session/job.hpp"

namespace jexec_tool {

struct Invocation {
  std::string jail{};           ///< a name or a jail ID
  libjail::UserRequest user{};  ///< with details where the command needs to know root's
  session::Command command{};   ///< without arguments: the user's shell
};

/// @param argv  as main() has it, without the NULL at its end; parsing ends at the first operand
[[nodiscard]] std::variant<Invocation, cli::Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jexec_tool
