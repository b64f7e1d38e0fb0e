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

/// Whether @p path leads to the directory still.
Result<void> check_same(Kernel& kernel, int root, const std::string& path) {
  const auto now = open_folder(kernel, AT_FDCWD, path, O_PATH, 0);
  const auto found = now ? kernel.fstat(now->get()) : std::unexpected(now.error());
  const auto st = kernel.fstat(root);
  if (!st) return fail(st.error(), "root directory " + path);
  if (found && found->st_dev == st->st_dev && found->st_ino == st->st_ino) return {};
  return fail(ENOENT, "root directory " + path + " was removed meanwhile");
}

}  // namespace

Result<RootLock> RootLock::acquire(Kernel& kernel, int root, const std::string& path) {
  RootLock lock;
  const auto store = open_folder(kernel, root, "../..", O_PATH, 0);
  if (!store && store.error() == EACCES) return lock;  // of another host, which root cannot read
  if (!store) return fail(store.error(), "lock root directory " + path);
  if (!is_private(kernel, store->get())) return lock;
  auto folder = lock_folder(kernel, root, "..", "lock root directory " + path);
  if (!folder) return std::unexpected(folder.error());
  auto bases = lock_folder(kernel, root, "../../.base", "lock the folder of linked files");
  if (!bases) return std::unexpected(bases.error());
  if (auto same = check_same(kernel, root, path); !same) return std::unexpected(same.error());
  lock.folder_ = *std::move(folder);
  lock.bases_ = *std::move(bases);
  return lock;
}

}  // namespace libjail
