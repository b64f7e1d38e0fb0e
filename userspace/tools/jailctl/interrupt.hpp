// SPDX-License-Identifier: BSD-2-Clause
// SIGINT, SIGTERM and SIGHUP, which let a subcommand undo what it did and then end the process.
#pragma once

namespace jailctl {

void catch_interrupts();
/// For a subcommand that has nothing to undo: a signal ends it at once again.
void let_interrupts_end_us();
[[nodiscard]] bool interrupted();
/// Ends the process by the signal that kept a subcommand from its end, so that a calling shell
/// knows.
/// @param status  of the subcommand: one that is done stays so, also when a signal came at its end
/// @return @p status
[[nodiscard]] int finished(int status);

}  // namespace jailctl
