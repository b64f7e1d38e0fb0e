// SPDX-License-Identifier: BSD-2-Clause
// Files that root may act upon. A configuration names commands that run as root on the host, so
// whoever can write to it, or can put another file in its place, is root: such files are refused.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::conf {

/// What makes a file or directory on the way to it unfit: its owner is neither root nor @p caller,
/// or others may write to it. A directory that everybody may write to is fit with the sticky bit.
/// @param shared  its directory is such a one: then it must not be another name of a file elsewhere
/// @return the reason, or nothing
[[nodiscard]] std::optional<std::string> distrust(const struct stat& st, uid_t caller, bool shared);

struct TrustedFile {
  std::string text;
  dev_t device{};
  ino_t inode{};
};

/// Reads a regular file after a look at each directory and symbolic link on the way to it.
/// @return EPERM with the object that is unfit, the errno of what failed
[[nodiscard]] Result<TrustedFile> read_trusted(Kernel& kernel, const std::string& path);

}  // namespace libjail::conf
