// SPDX-License-Identifier: BSD-2-Clause
#include "roots/links.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

constexpr auto kOwnFolders =
    std::to_array<std::string_view>({"etc", "home", "root", "run", "srv", "tmp", "var"});
constexpr int kMaxDepth = 128;  // two descriptors a level

constexpr std::uint64_t kHere = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;

class Linker {
 public:
  Linker(Kernel& kernel, const std::function<bool()>& interrupted)
      : kernel_(kernel), interrupted_(interrupted) {}

  /// @param root  where the links go, or -1: only seal
  Result<void> folder(int base, int root, int depth) {
    if (depth > kMaxDepth) return fail(ENAMETOOLONG, "folders nested too deep to be linked");
    const auto inside = entries(base);
    if (!inside) return fail(inside.error(), "read a folder of the base");
    for (const auto& entry : *inside) {
      if (interrupted_()) return fail(0, "interrupted");
      auto done = S_ISDIR(entry.mode)   ? subfolder(base, root, entry.name, depth)
                  : S_ISREG(entry.mode) ? file(base, root, entry.name)
                                        : Result<void>();
      if (!done) return done;
    }
    return {};
  }

 private:
  Result<void> subfolder(int base, int root, const std::string& name, int depth) {
    if (depth == 0 && is_own_folder(name)) return {};
    const auto from = open_folder(kernel_, base, name);
    if (!from) return fail(from.error(), "folder \"" + name + "\" of the base");
    if (root < 0) return folder(from->get(), -1, depth + 1);
    const auto to = open_folder(kernel_, root, name);
    if (!to) return fail(to.error(), "folder \"" + name + "\"");
    return folder(from->get(), to->get(), depth + 1);
  }

  Result<void> file(int base, int root, const std::string& name) {
    const auto fd = kernel_.openat2(
        base, name.c_str(),
        {.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, .mode = 0, .resolve = kHere});
    if (!fd) return fail(fd.error(), "file \"" + name + "\" of the base");
    if (const auto sealed = is_immutable(fd->get()); sealed && *sealed) {
      if (root < 0) return {};
      if (const auto freed = set_immutable(fd->get(), false); !freed) return flag_error(freed);
    }
    Result<void> linked;
    if (root >= 0 && ::linkat(base, name.c_str(), root, name.c_str(), 0) < 0) {
      linked = fail(errno, "link \"" + name + "\"");
    }
    if (const auto sealed = set_immutable(fd->get(), true); !sealed) return flag_error(sealed);
    return linked;
  }

  static Result<void> flag_error(const Sys<void>& error) {
    return fail(error.error(), "immutable flag",
                "links need a file system with that flag, such as ext4 or xfs, and "
                "cap_linux_immutable; or use --thin or --copy");
  }

  Kernel& kernel_;
  const std::function<bool()>& interrupted_;
};

}  // namespace

bool is_own_folder(std::string_view name) {
  return std::ranges::find(kOwnFolders, name) != kOwnFolders.end();
}

bool is_linked(std::string_view path, mode_t mode) {
  const auto slash = path.find('/');
  return S_ISREG(mode) &&
         (slash == std::string_view::npos || !is_own_folder(path.substr(0, slash)));
}

Result<void> seal_files(Kernel& kernel, int base) {
  const std::function<bool()> never = [] { return false; };
  return Linker(kernel, never).folder(base, -1, 0);
}

Result<void> link_files(Kernel& kernel, int base, int root,
                        const std::function<bool()>& interrupted) {
  return Linker(kernel, interrupted).folder(base, root, 0);
}

}  // namespace libjail::roots
