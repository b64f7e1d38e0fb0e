// SPDX-License-Identifier: BSD-2-Clause
// What "mount" and "mount.fstab" ask for, mounted in the calling process's mount namespace. All is
// done by descriptor: no symbolic link below the jail's root is followed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::lifecycle {

/// A line of fstab(5) as the new mount calls take it.
struct MountPlan {
  bool bind = false;                                           ///< a copy of what is at the source
  bool recursive = false;                                      ///< with what is mounted below it
  bool skipped = false;                                        ///< "noauto"
  std::string type{};                                          ///< Linux's name, of what is no copy
  std::uint64_t attributes = 0;                                ///< MOUNT_ATTR_*
  std::vector<std::pair<std::string, std::string>> options{};  ///< of the file system; "": a flag

  bool operator==(const MountPlan&) const = default;
};

/// FreeBSD's "nullfs" is a bind mount, "procfs" and "linprocfs" are proc. What is mounted for a
/// jail never has device nodes that can be opened.
[[nodiscard]] MountPlan plan_mount(const conf::Mount& mount);

/// Mounts one.
/// @param root  an O_PATH descriptor of the jail's root directory @p path; replaced where the
/// target
///              is the root itself
[[nodiscard]] Result<void> mount_one(Kernel& kernel, UniqueFd& root, const std::string& path,
                                     const conf::Mount& mount);

}  // namespace libjail::lifecycle
