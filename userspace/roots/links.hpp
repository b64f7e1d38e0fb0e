// SPDX-License-Identifier: BSD-2-Clause
// Root directories of hard links. What is linked is immutable, so that no jail can write, rename
// or remove a file of another; the folders that a system writes in are the jail's own copy.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::roots {

/// Folders at the top of a root directory in which nothing is linked (hier(7)).
[[nodiscard]] bool is_own_folder(std::string_view name);

/// Whether the file of that path and type is linked; all else is copied.
[[nodiscard]] bool is_linked(std::string_view path, mode_t mode);

/// Makes every linked file of the base immutable.
[[nodiscard]] Result<void> seal_files(Kernel& kernel, int base);

/// Links the files of @p base into the folders of the same names below @p root, and seals them.
/// The kernel does not link immutable files, so each is free for a moment: no jail that has links
/// to them may run.
[[nodiscard]] Result<void> link_files(Kernel& kernel, int base, int root,
                                      const std::function<bool()>& interrupted);

}  // namespace libjail::roots
