// SPDX-License-Identifier: BSD-2-Clause
#include "jail/mounts.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <utility>

namespace libjail {
namespace {

using Option = std::pair<const char*, const char*>;

/// The device nodes that the kernel lets a jail open, but for the terminals that devpts makes.
struct Node {
  const char* name;
  unsigned int minor_of_memory;  ///< of major 1
};
constexpr auto kMemoryNodes =
    std::to_array<Node>({{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}});

struct Link {
  const char* name;
  const char* target;
};
constexpr auto kLinks = std::to_array<Link>({{"ptmx", "pts/ptmx"},
                                             {"fd", "/proc/self/fd"},
                                             {"stdin", "/proc/self/fd/0"},
                                             {"stdout", "/proc/self/fd/1"},
                                             {"stderr", "/proc/self/fd/2"}});

/// A detached mount of a new file system.
Result<UniqueFd> new_mount(Kernel& kernel, const char* type, std::initializer_list<Option> options,
                           unsigned int attributes) {
  const std::string what = std::string("mount ") + type;
  const auto fs = kernel.fsopen(type);
  if (!fs) {
    return fail(fs.error(), what,
                fs.error() == ENODEV ? "the kernel is built without it" : std::string());
  }
  if (const auto named = kernel.fsconfig(fs->get(), FSCONFIG_SET_STRING, "source", type); !named) {
    return fail(named.error(), what);
  }
  for (const auto& [key, value] : options) {
    const unsigned int command = value != nullptr ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
    if (const auto set = kernel.fsconfig(fs->get(), command, key, value); !set) {
      return fail(set.error(), what + ": option " + key);
    }
  }
  if (const auto created = kernel.fsconfig(fs->get(), FSCONFIG_CMD_CREATE, nullptr, nullptr);
      !created) {
    return fail(created.error(), what);
  }
  auto mount = kernel.fsmount(fs->get(), attributes);
  if (!mount) return fail(mount.error(), what);
  return std::move(*mount);
}

/// The directory @p name below @p dir, or nothing (a closed descriptor) where there is none.
Result<UniqueFd> directory(Kernel& kernel, int dir, const char* name, const std::string& path) {
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                     .mode = 0,
                     .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
  auto fd = kernel.openat2(dir, name, how);
  if (fd) return std::move(*fd);
  if (fd.error() == ENOENT) return UniqueFd();
  const std::string what = path + "/" + name;
  if (fd.error() == ELOOP) {
    return fail(0, what + " is a symbolic link, which could lead anywhere", "make it a directory");
  }
  return fail(fd.error(), what, fd.error() == ENOTDIR ? "make it a directory" : "");
}

Result<void> attach(Kernel& kernel, int mount, int target, const std::string& path) {
  const auto moved = kernel.move_mount(mount, target);
  if (!moved) return fail(moved.error(), "mount on " + path);
  return {};
}

/// Nodes, links and mount points of a new /dev.
Result<void> fill_dev(Kernel& kernel, int dev) {
  const auto make = [](const char* name, const Sys<void>& made) -> Result<void> {
    if (!made) return fail(made.error(), std::string("make /dev/") + name + " for the jail");
    return {};
  };
  constexpr mode_t kMode = S_IFCHR | 0666;
  for (const auto& node : kMemoryNodes) {
    const auto made =
        make(node.name, kernel.mknodat(dev, node.name, kMode, makedev(1, node.minor_of_memory)));
    if (!made) return made;
  }
  if (auto made = make("tty", kernel.mknodat(dev, "tty", kMode, makedev(5, 0))); !made) return made;
  for (const auto& link : kLinks) {
    const auto made = make(link.name, kernel.symlinkat(link.target, dev, link.name));
    if (!made) return made;
  }
  for (const char* name : {"pts", "shm"}) {
    if (auto made = make(name, kernel.mkdirat(dev, name, 0755)); !made) return made;
  }
  return {};
}

Result<void> mount_below_dev(Kernel& kernel, int dev, const char* name, const UniqueFd& mount,
                             const std::string& path) {
  const auto target = directory(kernel, dev, name, path);
  if (!target) return std::unexpected(target.error());
  return attach(kernel, mount.get(), target->get(), path + "/" + name);
}

Result<void> mount_dev(Kernel& kernel, int target, const std::string& path) {
  const auto dev =
      new_mount(kernel, "tmpfs", {{"mode", "755"}, {"size", "1m"}, {"nr_inodes", "1024"}},
                MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  if (!dev) return std::unexpected(dev.error());
  const mode_t mask = kernel.umask(0);
  const auto filled = fill_dev(kernel, dev->get());
  kernel.umask(mask);
  if (!filled) return filled;
  if (auto done = attach(kernel, dev->get(), target, path); !done) return done;

  const auto pts = new_mount(kernel, "devpts",
                             {{"newinstance", nullptr},
                              {"ptmxmode", "0666"},
                              {"mode", "0620"},
                              {"gid", "5"},
                              {"max", "1024"}},
                             MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  if (!pts) return std::unexpected(pts.error());
  if (auto done = mount_below_dev(kernel, dev->get(), "pts", *pts, path); !done) return done;

  const auto shm =
      new_mount(kernel, "tmpfs", {{"mode", "1777"}}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  if (!shm) return std::unexpected(shm.error());
  return mount_below_dev(kernel, dev->get(), "shm", *shm, path);
}

}  // namespace

Result<void> enter_private_mounts(Kernel& kernel) {
  if (const auto unshared = kernel.unshare(CLONE_NEWNS); !unshared) {
    return fail(unshared.error(), "make a private mount namespace",
                unshared.error() == EPERM ? "run as root, outside of any jail" : "");
  }
  if (const auto made = kernel.make_mounts_private(); !made) {
    return fail(made.error(), "make the mounts private");
  }
  return {};
}

Result<std::vector<std::string>> mount_filesystems(Kernel& kernel, int root,
                                                   const std::string& path) {
  std::vector<std::string> mounted;
  const auto proc_dir = directory(kernel, root, "proc", path);
  if (!proc_dir) return std::unexpected(proc_dir.error());
  const auto dev_dir = directory(kernel, root, "dev", path);
  if (!dev_dir) return std::unexpected(dev_dir.error());

  if (*proc_dir) {
    const auto proc =
        new_mount(kernel, "proc", {}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    if (!proc) return std::unexpected(proc.error());
    if (auto done = attach(kernel, proc->get(), proc_dir->get(), path + "/proc"); !done) {
      return std::unexpected(done.error());
    }
    mounted.emplace_back("/proc");
  }
  if (*dev_dir) {
    if (auto done = mount_dev(kernel, dev_dir->get(), path + "/dev"); !done) {
      return std::unexpected(done.error());
    }
    mounted.insert(mounted.end(), {"/dev", "/dev/pts", "/dev/shm"});
  }
  return mounted;
}

}  // namespace libjail
