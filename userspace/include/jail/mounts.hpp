// SPDX-License-Identifier: BSD-2-Clause
// The file systems that a jail has of its own, in a mount namespace of its own, so that they vanish
// with it and the host never sees them. Everything is mounted by descriptor: no name in the jail's
// root is followed when it is a symbolic link.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

/// A mount namespace of the caller's own, out of which nothing propagates.
[[nodiscard]] Result<void> enter_private_mounts(Kernel& kernel);

/// Mounts /proc, /dev (with the allowed device nodes), /dev/pts and /dev/shm below @p root.
/// A directory that the root does not have is left out.
/// @param root  a descriptor of the root directory, opened in the private namespace
/// @param path  its name for messages
/// @return what was mounted, e.g. "/proc", in order
[[nodiscard]] Result<std::vector<std::string>> mount_filesystems(Kernel& kernel, int root,
                                                                 const std::string& path);

}  // namespace libjail
