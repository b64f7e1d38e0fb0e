// SPDX-License-Identifier: BSD-2-Clause
// The process that stays outside: it passes signals and the terminal's contents on, and waits for
// the command.
#pragma once

#include <csignal>

#include "session/job.hpp"
#include "session/terminal.hpp"

namespace session {

/// The signals that supervise() passes on; they are to be blocked.
[[nodiscard]] sigset_t supervised_signals();

/// Whether the process can become the command, as nothing has to be done for the command later:
/// no terminal is to be replaced, and only who leads no process group can start the jail's session.
[[nodiscard]] bool can_run_in_place(const CallerTerminal& caller);

struct Outcome {
  /// The command's exit status, 128+n where signal n ended it, 125 where it never ran.
  int status{};
  libjail::UniqueFd jail;  ///< closed where none was entered
};

/// Runs the command in a child. The signals of supervised_signals() are blocked.
/// @param mask  the signal mask that the command shall have
[[nodiscard]] Outcome supervise(const Job& job, const sigset_t& mask, const CallerTerminal& caller);

}  // namespace session
