// SPDX-License-Identifier: BSD-2-Clause
// SIGINT, SIGTERM and SIGHUP, which let a subcommand undo what it did and then end the process.
#pragma once

namespace jailctl {

void catch_interrupts();
/// For a subcommand that has nothing to undo: a signal ends it at once again.
void let_interrupts_end_us();
[[nodiscard]] bool interrupted();
/// Ends the process by the signal that came, if one came, so that a calling shell knows.
void end_if_interrupted();

}  // namespace jailctl
