// SPDX-License-Identifier: BSD-2-Clause
// jailtrace(8) from its events to its output.
#pragma once

#include "cli/messages.hpp"
#include "monitor/tracer.hpp"
#include "tools/jailtrace/options.hpp"

namespace jailtrace {

/// Prints events until enough of them came, the time is over, a signal comes, or nobody reads.
/// @param interrupts  the descriptor of monitor::interrupts()
/// @return the exit status
[[nodiscard]] int run(monitor::EventSource& source, const Request& request, int interrupts,
                      const cli::Messages& messages);

}  // namespace jailtrace
