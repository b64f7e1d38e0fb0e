// SPDX-License-Identifier: BSD-2-Clause
// Trees of files by descriptor. No symbolic link is ever followed and no mount crossed, whatever
// the names in a tree have become meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/unique_fd.hpp"

namespace libjail::roots {

/// A folder below @p dir for reading; @p name is a single component.
[[nodiscard]] Sys<UniqueFd> open_folder(Kernel& kernel, int dir, const std::string& name);

struct Entry {
  std::string name;
  mode_t mode{};  ///< as lstat(2) has it
};

/// What is in the folder, but for "." and "..".
[[nodiscard]] Sys<std::vector<Entry>> entries(int dir);

/// Removes the tree @p name below @p dir, immutable files too; what is not there is no error.
/// An immutable file that has other names is immutable again when it returns.
/// @return EBUSY or EXDEV where something is mounted in the tree
[[nodiscard]] Result<void> remove_tree(Kernel& kernel, int dir, const std::string& name);

/// Whether the open file has the immutable flag.
[[nodiscard]] Sys<bool> is_immutable(int fd);
[[nodiscard]] Sys<void> set_immutable(int fd, bool on);

}  // namespace libjail::roots
