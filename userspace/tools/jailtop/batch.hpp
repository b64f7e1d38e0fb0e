// SPDX-License-Identifier: BSD-2-Clause
// Tables without a terminal.
#pragma once

#include "jail/error.hpp"
#include "tools/jailtop/options.hpp"
#include "tools/jailtop/watch.hpp"

namespace jailtop {

/// Prints a table after each delay, as rates need two looks, until enough were printed, a signal
/// comes, or nobody reads.
/// @param interrupts  the descriptor of monitor::interrupts()
[[nodiscard]] libjail::Result<void> run_batch(Watch& watch, const Request& request, int interrupts);

}  // namespace jailtop
