// SPDX-License-Identifier: BSD-2-Clause
// A jail on the command line: jail -c name=web path=/srv/web persist command=/bin/sh -c …
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/conf/syntax.hpp"
#include "jail/error.hpp"

namespace jail_tool {

struct OperandJail {
  libjail::conf::Block block;     ///< its parameters
  std::vector<std::string> argv;  ///< what follows "command="
};

/// Whether the operands are parameters, and not names of jails.
[[nodiscard]] bool are_parameters(const std::vector<std::string>& operands);

/// @param name  of -n, or empty
/// @return an error for a jail without a name, or with two
[[nodiscard]] libjail::Result<OperandJail> read_operands(const std::vector<std::string>& operands,
                                                         const std::string& name);

/// Where the jail has no name, its parameter jid is one, which is that of a jail that runs.
void take_jid_for_name(libjail::conf::Block& block);

/// `NAME = value;`, or `NAME;` without one, as if it stood on the command line.
[[nodiscard]] libjail::conf::Statement statement(const std::string& name,
                                                 const std::optional<std::string>& value,
                                                 int operand = 0);

}  // namespace jail_tool
