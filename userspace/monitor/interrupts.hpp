// SPDX-License-Identifier: BSD-2-Clause
// The signals that ask a program to end, as something to poll(2) for.
#pragma once

#include "jail/unique_fd.hpp"

namespace monitor {

/// SIGINT, SIGTERM and SIGHUP are blocked and come by the descriptor, unless the caller ignores
/// them (nohup(1)). SIGPIPE is ignored: a closed pipe is an error of write(2).
[[nodiscard]] libjail::UniqueFd interrupts();

enum class Ready { kSource, kTimeout, kInterrupt, kReaderGone };

/// Waits until @p source is readable; a signal, or the end of who reads standard output, go first.
/// @param timeout_ms  -1: no limit
[[nodiscard]] Ready wait_for(int source, int interrupts, int timeout_ms);

}  // namespace monitor
