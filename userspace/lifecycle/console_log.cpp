// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/console_log.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "jail/apply.hpp"

namespace libjail::lifecycle {
namespace {

/// Whether the directory @p path is @p root.
bool is_root(Kernel& kernel, const std::string& path, const struct stat& root) {
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0};
  const auto directory = kernel.openat2(AT_FDCWD, path.c_str(), how);
  const auto st = directory ? kernel.fstat(directory->get()) : std::unexpected(directory.error());
  return st && st->st_dev == root.st_dev && st->st_ino == root.st_ino;
}

/// What comes after the root in @p path, whatever the root is called there; an empty text where the
/// path does not lead through it.
std::string part_below(Kernel& kernel, const std::string& path, const struct stat& root) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (is_root(kernel, path.substr(0, slash + 1), root)) return path.substr(slash + 1);
  }
  return {};
}

}  // namespace

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
  const auto top = kernel.fstat(folder->get());
  if (!top) return fail(top.error(), what);
  const auto inside = part_below(kernel, path, *top);
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
