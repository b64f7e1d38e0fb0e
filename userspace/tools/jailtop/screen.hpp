// SPDX-License-Identifier: BSD-2-Clause
// The terminal of jailtop(8).
#pragma once

#include "jail/error.hpp"
#include "tools/jailtop/options.hpp"
#include "tools/jailtop/watch.hpp"

namespace jailtop {

/// Shows the jails until a key or a signal ends it.
/// @param interrupts  the descriptor of monitor::interrupts()
/// @param notice  to be shown until a key is pressed
[[nodiscard]] libjail::Result<void> run_screen(Watch& watch, const Request& request, int interrupts,
                                               const std::string& notice);

}  // namespace jailtop
