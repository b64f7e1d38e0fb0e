// SPDX-License-Identifier: BSD-2-Clause
// The end of a jail's life as far as jail(8) has a hand in it.
#pragma once

#include <optional>

#include "cli/messages.hpp"
#include "jail/alias.hpp"
#include "jail/kernel.hpp"

namespace jail_tool {

/// Called when the command has ended. Where nobody is left in the jail, waits until the kernel has
/// let go of its root and address, so that the caller can unmount at once, and takes the address
/// away. Where the command left processes in the jail, a process in the background does that when
/// the last of them has ended.
/// @param jail  a closed descriptor where no jail was entered
void finish(libjail::Kernel& kernel, libjail::UniqueFd jail, const libjail::AliasConfig& aliases,
            std::optional<libjail::AliasLease> lease, const cli::Messages& messages);

}  // namespace jail_tool
