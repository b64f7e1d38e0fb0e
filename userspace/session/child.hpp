// SPDX-License-Identifier: BSD-2-Clause
// The process that becomes the command: it enters the jail, takes the terminal it is given, and
// executes.
#pragma once

#include <csignal>

#include "session/channel.hpp"
#include "session/job.hpp"
#include "session/terminal.hpp"

namespace session {

/// The child's side of what it shares with its supervisor.
struct ChildSide {
  Channel channel;
  CallerTerminal caller;  ///< its terminals are replaced before the jail is entered
  bool pty = false;       ///< by a terminal of the jail's own; otherwise by the pipes
  libjail::UniqueFd input;
  libjail::UniqueFd output;
};

/// @param mask  the signal mask that the command shall have
/// @return the exit status, only on failure
[[nodiscard]] int run_in_place(const Job& job, const sigset_t& mask);

/// As run_in_place(), for a child of a supervisor, which it tells everything.
[[nodiscard]] int run_supervised(const Job& job, const sigset_t& mask, ChildSide side);

}  // namespace session
