// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/console_log.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "jail/apply.hpp"
#include "lifecycle/path_below.hpp"

namespace libjail::lifecycle {
Result<UniqueFd> open_console_log(Kernel& kernel, const std::string& path,
                                  const std::string& root) {
  const std::string what = "exec.consolelog " + path;
  // Non-blocking, so that a FIFO in the place of the file cannot hold us up.
  open_how how{
      .flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
      .mode = 0600,
      .resolve = RESOLVE_NO_MAGICLINKS};
  const auto folder = open_root(kernel, root);
  if (!folder) return std::unexpected(folder.error());
  const std::string inside = part_below(kernel, path, folder->get()).value_or("");
  if (!inside.empty()) how.resolve |= RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS;
  auto fd = kernel.openat2(inside.empty() ? AT_FDCWD : folder->get(),
                           (inside.empty() ? path : inside).c_str(), how);
  if (!fd && fd.error() == ELOOP) {
    return fail(0, what + " has a symbolic link in it, which could lead anywhere",
                "name the file itself");
  }
  if (!fd) return fail(fd.error(), what);
  const auto st = kernel.fstat(fd->get());
  if (!st) return fail(st.error(), what);
  if (!S_ISREG(st->st_mode) || st->st_nlink != 1) {
    return fail(0, what + " is no regular file with this one name", "take it away");
  }
  return std::move(*fd);
}

}  // namespace libjail::lifecycle
