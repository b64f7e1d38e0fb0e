// SPDX-License-Identifier: BSD-2-Clause
#include "roots/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

namespace libjail::roots {
namespace {

constexpr std::uint64_t kHere = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;

Sys<UniqueFd> open_here(Kernel& kernel, int dir, const std::string& name, std::uint64_t flags) {
  return kernel.openat2(dir, name.c_str(),
                        {.flags = flags | O_NOFOLLOW | O_CLOEXEC, .mode = 0, .resolve = kHere});
}

Sys<int> flags_of(int fd) {
  int flags = 0;
  if (::ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return std::unexpected(errno);
  return flags;
}

Sys<void> unlink(int dir, const std::string& name, int flags = 0) {
  if (::unlinkat(dir, name.c_str(), flags) < 0 && errno != ENOENT) return std::unexpected(errno);
  return {};
}

/// Removes a file that is no folder; its folder has been freed of flags before.
Sys<void> remove_file(Kernel& kernel, int dir, const Entry& entry) {
  auto removed = unlink(dir, entry.name);
  if (removed || removed.error() != EPERM || !S_ISREG(entry.mode)) return removed;
  const auto file = open_here(kernel, dir, entry.name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return std::unexpected(file.error());
  const auto flags = flags_of(file->get());
  if (!flags) return std::unexpected(flags.error());
  const int freed = *flags & ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
  if (::ioctl(file->get(), FS_IOC_SETFLAGS, &freed) < 0) return std::unexpected(errno);
  removed = unlink(dir, entry.name);
  const auto left = kernel.fstat(file->get());
  if (!left || left->st_nlink > 0) {
    const int old = *flags;
    if (::ioctl(file->get(), FS_IOC_SETFLAGS, &old) < 0) return std::unexpected(errno);
  }
  return removed;
}

struct CloseFolder {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

void free_folder(int dir) {
  const auto flags = flags_of(dir);
  if (!flags || (*flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) == 0) return;
  const int freed = *flags & ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
  static_cast<void>(::ioctl(dir, FS_IOC_SETFLAGS, &freed));  // the removal says what is wrong
}

/// Moves a folder up, under a name that is free there.
Sys<void> move_up(Kernel& kernel, int from, const std::string& name, int to,
                  unsigned long& counter) {
  for (bool freed = false;;) {
    const std::string fresh = ".remove-" + std::to_string(counter++);
    if (::renameat2(from, name.c_str(), to, fresh.c_str(), RENAME_NOREPLACE) == 0) return {};
    const int error = errno;
    if (error == EEXIST) continue;
    if (error != EPERM || std::exchange(freed, true)) return std::unexpected(error);
    if (const auto folder = open_folder(kernel, from, name)) free_folder(folder->get());
  }
}

/// Removes the files of the folder @p name in @p top, moves its folders into @p top, removes it:
/// so a tree of any depth goes with two descriptors and no recursion.
Result<void> dissolve(Kernel& kernel, int top, const std::string& name, unsigned long& counter) {
  const auto folder = open_folder(kernel, top, name);
  if (!folder) return fail(folder.error(), "open folder \"" + name + "\"");
  free_folder(folder->get());
  const auto inside = entries(folder->get());
  if (!inside) return fail(inside.error(), "read folder \"" + name + "\"");
  for (const auto& entry : *inside) {
    const auto gone = S_ISDIR(entry.mode) ? move_up(kernel, folder->get(), entry.name, top, counter)
                                          : remove_file(kernel, folder->get(), entry);
    if (!gone) return fail(gone.error(), "remove \"" + entry.name + "\"");
  }
  if (const auto gone = unlink(top, name, AT_REMOVEDIR); !gone) {
    return fail(gone.error(), "remove folder \"" + name + "\"");
  }
  return {};
}

}  // namespace

Sys<UniqueFd> open_folder(Kernel& kernel, int dir, const std::string& name) {
  return open_here(kernel, dir, name, O_RDONLY | O_DIRECTORY);
}

Sys<std::vector<Entry>> entries(int dir) {
  // A description of its own, as the position in the folder belongs to it.
  UniqueFd fd(::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return std::unexpected(errno);
  const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(fd.get()));
  if (stream == nullptr) return std::unexpected(errno);
  static_cast<void>(fd.release());
  std::vector<Entry> result;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    struct stat st {};
    if (::fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
      if (errno == ENOENT) continue;  // gone meanwhile
      return std::unexpected(errno);
    }
    result.push_back({std::string(name), st.st_mode});
  }
  if (errno != 0) return std::unexpected(errno);
  return result;
}

Result<void> remove_tree(Kernel& kernel, int dir, const std::string& name) {
  const auto top = open_folder(kernel, dir, name);
  if (!top) {
    if (top.error() == ENOENT) return {};
    return fail(top.error(), "open \"" + name + "\"");
  }
  free_folder(top->get());
  unsigned long counter = 0;
  for (;;) {
    const auto inside = entries(top->get());
    if (!inside) return fail(inside.error(), "read \"" + name + "\"");
    if (inside->empty()) break;
    for (const auto& entry : *inside) {
      if (S_ISDIR(entry.mode)) {
        if (auto gone = dissolve(kernel, top->get(), entry.name, counter); !gone) return gone;
      } else if (const auto gone = remove_file(kernel, top->get(), entry); !gone) {
        return fail(gone.error(), "remove \"" + entry.name + "\"");
      }
    }
  }
  if (const auto gone = unlink(dir, name, AT_REMOVEDIR); !gone) {
    return fail(gone.error(), "remove \"" + name + "\"");
  }
  return {};
}

Sys<bool> is_immutable(int fd) {
  const auto flags = flags_of(fd);
  if (!flags) return std::unexpected(flags.error());
  return (*flags & FS_IMMUTABLE_FL) != 0;
}

Sys<void> set_immutable(int fd, bool on) {
  const auto old = flags_of(fd);
  if (!old) return std::unexpected(old.error());
  const int flags = on ? *old | FS_IMMUTABLE_FL : *old & ~FS_IMMUTABLE_FL;
  if (::ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0) return std::unexpected(errno);
  return {};
}

}  // namespace libjail::roots
