// SPDX-License-Identifier: BSD-2-Clause
// The one file that knows CLI11.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

/// Reads a command line; the subcommand's options have been taken by it then.
/// @param argv  as main() has it
[[nodiscard]] std::variant<const Subcommand*, cli::Stop> parse_command_line(
    const std::vector<std::string>& argv, const std::vector<Subcommand>& all);

/// The word of @p words that is nearest to @p word, or empty where none is near.
[[nodiscard]] std::string nearest(const std::string& word, const std::vector<std::string>& words);

}  // namespace jailctl
