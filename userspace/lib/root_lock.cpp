// SPDX-License-Identifier: BSD-2-Clause
#include "jail/root_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "lib/state_folder.hpp"

namespace libjail {
namespace {

Sys<UniqueFd> open_folder(Kernel& kernel, int dir, const std::string& name, std::uint64_t flags,
                          std::uint64_t resolve) {
  const open_how how{.flags = flags | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = resolve};
  return kernel.openat2(dir, name.c_str(), how);
}

/// Whether the folder is ours and closed to others: else anybody could hold a lock on what is in it
/// for ever.
bool is_private(Kernel& kernel, int folder) {
  const auto st = kernel.fstat(folder);
  return st && st->st_uid == ::geteuid() && (st->st_mode & 077) == 0;
}

/// @return a closed descriptor where there is no such folder
Result<UniqueFd> lock_folder(Kernel& kernel, int root, const char* name, const std::string& what) {
  auto folder = open_folder(kernel, root, name, O_RDONLY, RESOLVE_NO_SYMLINKS);
  if (!folder) {
    constexpr auto kAbsent = std::to_array({ENOENT, ENOTDIR, ELOOP});
    if (std::ranges::find(kAbsent, folder.error()) != kAbsent.end()) return UniqueFd();
    return fail(folder.error(), what);
  }
  if (const auto locked = lock_file(folder->get(), LOCK_SH); !locked) {
    return fail(locked.error(), what);
  }
  return *std::move(folder);
}

/// Whether @p path leads to the directory.
bool leads_to(Kernel& kernel, int from, const std::string& path, std::uint64_t resolve,
              int directory) {
  const auto now = open_folder(kernel, from, path, O_PATH, resolve);
  const auto found = now ? kernel.fstat(now->get()) : std::unexpected(now.error());
  const auto st = kernel.fstat(directory);
  return found && st && found->st_dev == st->st_dev && found->st_ino == st->st_ino;
}

}  // namespace

Result<RootLock> RootLock::acquire(Kernel& kernel, int root, const std::string& path) {
  RootLock lock;
  const auto store = open_folder(kernel, root, "../..", O_PATH, 0);
  if (!store && store.error() == EACCES) return lock;  // of another host, which root cannot read
  if (!store) return fail(store.error(), "lock root directory " + path);
  if (!is_private(kernel, store->get())) return lock;
  // Else it may lie in the root directory of another jail, which could lock it for ever.
  if (leads_to(kernel, root, "../root", RESOLVE_NO_SYMLINKS, root)) {
    auto folder = lock_folder(kernel, root, "..", "lock root directory " + path);
    if (!folder) return std::unexpected(folder.error());
    auto bases = lock_folder(kernel, root, "../../.base", "lock the folder of linked files");
    if (!bases) return std::unexpected(bases.error());
    lock.folder_ = *std::move(folder);
    lock.bases_ = *std::move(bases);
  }
  if (leads_to(kernel, AT_FDCWD, path, 0, root)) return lock;
  return fail(ENOENT, "root directory " + path + " was removed meanwhile");
}

}  // namespace libjail
