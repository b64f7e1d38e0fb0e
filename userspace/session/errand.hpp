// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/types.h>

namespace session {

/// Waits for the end of a child that goes into a jail for a moment. One that is stopped there is
/// killed, as whoever is inside could keep us waiting for ever.
void finish_errand(pid_t child);

}  // namespace session
