// SPDX-License-Identifier: BSD-2-Clause
// Subcommands that other programs of ours do.
#pragma once

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

[[nodiscard]] Subcommand start_subcommand();
[[nodiscard]] Subcommand stop_subcommand();
[[nodiscard]] Subcommand restart_subcommand();
[[nodiscard]] Subcommand console_subcommand();
[[nodiscard]] Subcommand exec_subcommand();

}  // namespace jailctl
