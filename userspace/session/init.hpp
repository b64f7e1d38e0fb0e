// SPDX-License-Identifier: BSD-2-Clause
// Process 1 of a jail with a PID namespace of its own. It is in the jail, and does what the kernel
// expects of such a process and no more: it waits for every process that lost its parent, and it
// stays, since all others end with it.
#pragma once

#include <sys/types.h>

#include <optional>

#include "session/channel.hpp"

namespace session {

/// What the command line says is for the host: overwrites that of the calling process. To be called
/// where /proc is the host's.
void wipe_arguments();

/// The caller, which is in a jail and is process 1 there, stays to be that. It ends when it is the
/// last process of the jail, but not before @p channel is closed at its other end, and where
/// @p persist is given, not before SIGTERM comes from outside. It then tells kBusy or is gone.
/// Where the other end closes without kMade, it ends at once, and with it all of the jail.
[[noreturn]] void stay_as_init(Channel channel, bool persist);

/// The same for a jail that is there for a command. @return in the child that becomes the command,
/// in a session of its own. Its exit status is that of process 1 if it leaves no process behind,
/// and is told as kStatus else. A signal from outside of the namespace is passed on to it.
/// @return nothing where fork(2) failed, with errno
[[nodiscard]] bool fork_from_init(const Channel& channel);

}  // namespace session
