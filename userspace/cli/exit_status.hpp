// SPDX-License-Identifier: BSD-2-Clause
// Exit statuses of tools that run a command, as env(1) and chroot(1) have them.
#pragma once

namespace cli {

inline constexpr int kSetupFailed = 125;    ///< the command was not started, usage errors included
inline constexpr int kNotExecutable = 126;  ///< the command is there but cannot be run
inline constexpr int kNotFound = 127;       ///< the command is not there
inline constexpr int kSignalBase = 128;     ///< plus the number of the signal that ended it

}  // namespace cli
