// SPDX-License-Identifier: BSD-2-Clause
// The subcommands of jail-net(8).
#pragma once

#include <span>
#include <string_view>

#include "jail/error.hpp"

namespace jail_net {

/// Carries out one subcommand; its operands are checked before.
/// @param arguments  after the program's name
[[nodiscard]] libjail::Result<void> run_command(std::span<const std::string_view> arguments);

}  // namespace jail_net
