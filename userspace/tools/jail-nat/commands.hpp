// SPDX-License-Identifier: BSD-2-Clause
// The subcommands of jail-nat(8).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace jail_nat {

/// Carries out one subcommand in one transaction; its operands are checked before.
/// @param arguments  after the program's name
/// @return what is to be printed
[[nodiscard]] libjail::Result<std::string> run_command(std::span<const std::string_view> arguments);

}  // namespace jail_nat
