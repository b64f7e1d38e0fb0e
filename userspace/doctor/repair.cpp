// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/repair.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "doctor/text.hpp"

namespace libjail::doctor {
namespace {

constexpr std::uint64_t kBelow = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;

Result<void> changed(const std::string& what) {
  return fail(0, what + " is not what it was a moment ago", "look again");
}

Result<void> remove_node(Kernel& kernel, int root, const std::string& place, const Repair& repair) {
  const auto slash = repair.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : repair.path.substr(0, slash);
  const std::string name = repair.path.substr(slash + 1);  // npos + 1 is 0
  const auto dir =
      kernel.openat2(root, folder.c_str(),
                     {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = kBelow});
  if (!dir) {
    if (dir.error() == ENOENT) return {};
    return fail(dir.error(), place);
  }
  struct stat st {};
  if (::fstatat(dir->get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return {};
    return fail(errno, place);
  }
  if (st.st_dev != repair.device || st.st_ino != repair.inode || st.st_rdev != repair.node ||
      (st.st_mode & S_IFMT) != repair.mode) {
    return changed(place);
  }
  if (::unlinkat(dir->get(), name.c_str(), 0) < 0 && errno != ENOENT) {
    return fail(errno, "remove " + place);
  }
  return {};
}

}  // namespace

std::string repair_command(const std::string& root, const Repair& repair) {
  switch (repair.action) {
    case Repair::Action::kRemove:
      return "rm " + shell_word((root == "/" ? "" : root) + "/" + repair.path);
    case Repair::Action::kSetOwner:
      return "chown root " + shell_word(root);
    case Repair::Action::kSetMode:
      return "chmod go-w " + shell_word(root);
  }
  return {};
}

Result<void> mend(Kernel& kernel, const std::string& root, const Repair& repair) {
  const auto fd = kernel.openat2(
      AT_FDCWD, root.c_str(),
      {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_NO_MAGICLINKS});
  if (!fd) return fail(fd.error(), root);
  if (repair.action == Repair::Action::kRemove) {
    return remove_node(kernel, fd->get(), root + "/" + repair.path, repair);
  }
  const auto st = kernel.fstat(fd->get());
  if (!st) return fail(st.error(), root);
  if (st->st_dev != repair.device || st->st_ino != repair.inode) return changed(root);
  if (repair.action == Repair::Action::kSetOwner) {
    if (::fchown(fd->get(), 0, static_cast<gid_t>(-1)) < 0) return fail(errno, "chown " + root);
    return {};
  }
  constexpr mode_t kByOthers = S_IWGRP | S_IWOTH;
  if (::fchmod(fd->get(), st->st_mode & 07777 & ~kByOthers) < 0) {
    return fail(errno, "chmod " + root);
  }
  return {};
}

}  // namespace libjail::doctor
