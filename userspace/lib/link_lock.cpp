// SPDX-License-Identifier: BSD-2-Clause
#include "jail/link_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lib/state_folder.hpp"

namespace libjail {
namespace {

constexpr const char* kWhat = "lock the folder of linked files";

}  // namespace

Result<UniqueFd> lock_out_linking(Kernel& kernel, int root) {
  const open_how how{.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                     .mode = 0,
                     .resolve = RESOLVE_NO_SYMLINKS};
  auto bases = kernel.openat2(root, "../../.base", how);
  if (!bases) {
    constexpr auto kAbsent = std::to_array({ENOENT, ENOTDIR, ELOOP, EACCES});
    if (std::ranges::find(kAbsent, bases.error()) != kAbsent.end()) return UniqueFd();
    return fail(bases.error(), kWhat);
  }
  const auto st = kernel.fstat(bases->get());
  // Anybody could hold a lock on the folder of another user for ever.
  if (!st || st->st_uid != ::geteuid() || (st->st_mode & 077) != 0) return UniqueFd();
  if (const auto locked = lock_file(bases->get(), LOCK_SH); !locked) {
    return fail(locked.error(), kWhat);
  }
  return std::move(*bases);
}

}  // namespace libjail
