// SPDX-License-Identifier: BSD-2-Clause
// The process that stays outside: it passes signals and the terminal's contents on, waits for the
// command, and takes away what was added for the jail.
#pragma once

#include <csignal>
#include <optional>

#include "jail/alias.hpp"
#include "jail/kernel.hpp"
#include "tools/jail/options.hpp"
#include "tools/jail/terminal.hpp"

namespace jail_tool {

/// The signals that are blocked while something of ours is to be taken away.
[[nodiscard]] sigset_t supervised_signals();

/// Runs the command in a child. The signals of supervised_signals() are blocked.
/// @param mask    the signal mask that the command shall have
/// @param lease   an address that was added for the jail
/// @return the exit status: the command's, 128+n where signal n ended it, 125 where it never ran
[[nodiscard]] int supervise(libjail::Kernel& kernel, const Invocation& invocation,
                            const sigset_t& mask, const CallerTerminal& caller,
                            const libjail::AliasConfig& aliases,
                            std::optional<libjail::AliasLease> lease);

}  // namespace jail_tool
