// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/file_systems.hpp"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "lib/text.hpp"
#include "lifecycle/path_below.hpp"

namespace libjail::lifecycle {
namespace {

struct Attribute {
  std::string_view name;
  std::uint64_t bit;  ///< 0: the default, nothing to do
};
constexpr auto kAttributes = std::to_array<Attribute>({{"ro", MOUNT_ATTR_RDONLY},
                                                       {"nosuid", MOUNT_ATTR_NOSUID},
                                                       {"nodev", MOUNT_ATTR_NODEV},
                                                       {"noexec", MOUNT_ATTR_NOEXEC},
                                                       {"noatime", MOUNT_ATTR_NOATIME},
                                                       {"nodiratime", MOUNT_ATTR_NODIRATIME},
                                                       {"strictatime", MOUNT_ATTR_STRICTATIME},
                                                       {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW},
                                                       {"auto", 0},
                                                       {"defaults", 0},
                                                       {"exec", 0},
                                                       {"late", 0},
                                                       {"relatime", 0},
                                                       {"rw", 0},
                                                       {"suid", 0}});

struct Alias {
  std::string_view name;
  std::string_view type;
};
constexpr auto kTypes = std::to_array<Alias>({{"linprocfs", "proc"}, {"procfs", "proc"}});

constexpr std::uint64_t kInside = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

void take_option(const std::string& option, MountPlan& plan) {
  if (option == "noauto") {
    plan.skipped = true;
  } else if (option == "bind" || option == "rbind") {
    plan.bind = true;
    plan.recursive = option == "rbind";
  } else if (const auto* known = std::ranges::find(kAttributes, option, &Attribute::name);
             known != kAttributes.end()) {
    plan.attributes |= known->bit;
  } else if (!option.empty()) {
    const auto equals = option.find('=');
    plan.options.emplace_back(option.substr(0, equals),
                              equals == std::string::npos ? "" : option.substr(equals + 1));
  }
}

std::string line_of(const conf::Mount& mount) {
  return "mount " + mount.source + " on " + mount.target;
}

/// A file or directory below the jail's root, by no symbolic link.
Result<UniqueFd> open_inside(Kernel& kernel, int root, const std::string& name,
                             const std::string& shown) {
  const open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = kInside};
  auto fd = kernel.openat2(root, name.empty() ? "." : name.c_str(), how);
  if (fd) return std::move(*fd);
  if (fd.error() == ELOOP) {
    return fail(0, shown + " has a symbolic link in it, which could lead anywhere",
                "name the directory itself");
  }
  return fail(fd.error(), shown, fd.error() == ENOENT ? "make it in the jail's root" : "");
}

Result<UniqueFd> copy(Kernel& kernel, int root, const conf::Mount& mount, const MountPlan& plan) {
  UniqueFd source;
  if (const auto inside = part_below(kernel, mount.source, root); inside) {
    auto opened = open_inside(kernel, root, *inside, mount.source);
    if (!opened) return opened;
    source = std::move(*opened);
  } else {
    const open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_NO_MAGICLINKS};
    auto opened = kernel.openat2(AT_FDCWD, mount.source.c_str(), how);
    if (!opened) return fail(opened.error(), mount.source);
    source = std::move(*opened);
  }
  auto made = kernel.clone_mount(source.get(), plan.recursive);
  if (!made) return fail(made.error(), mount.source);
  if (const auto set = kernel.add_mount_attributes(made->get(), plan.attributes); !set) {
    return fail(set.error(), "options of the mount");
  }
  return std::move(*made);
}

Result<UniqueFd> make(Kernel& kernel, const conf::Mount& mount, const MountPlan& plan) {
  const auto fs = kernel.fsopen(plan.type.c_str());
  if (!fs) {
    return fail(
        fs.error(), "file system " + plan.type,
        fs.error() == ENODEV ? "the kernel does not have it, or needs its module loaded" : "");
  }
  const auto set = [&](unsigned int command, const char* key, const char* value) -> Result<void> {
    const auto taken = kernel.fsconfig(fs->get(), command, key, value);
    if (taken) return {};
    return fail(taken.error(), key != nullptr ? std::string("option ") + key : plan.type);
  };
  if (auto done = set(FSCONFIG_SET_STRING, "source", mount.source.c_str()); !done) {
    return std::unexpected(done.error());
  }
  if ((plan.attributes & MOUNT_ATTR_RDONLY) != 0) {
    if (auto done = set(FSCONFIG_SET_FLAG, "ro", nullptr); !done) {
      return std::unexpected(done.error());
    }
  }
  for (const auto& [key, value] : plan.options) {
    const bool flag = value.empty();
    if (auto done = set(flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, key.c_str(),
                        flag ? nullptr : value.c_str());
        !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = set(FSCONFIG_CMD_CREATE, nullptr, nullptr); !done) {
    return std::unexpected(done.error());
  }
  auto made = kernel.fsmount(fs->get(), static_cast<unsigned int>(plan.attributes));
  if (!made) return fail(made.error(), plan.type);
  return std::move(*made);
}

/// With which mount it was.
std::unexpected<Error> of(const conf::Mount& mount, Error error) {
  error.what = line_of(mount) + ": " + error.what;
  return std::unexpected(std::move(error));
}

}  // namespace

MountPlan plan_mount(const conf::Mount& mount) {
  MountPlan plan{.type = mount.type, .attributes = MOUNT_ATTR_NODEV};
  if (const auto* known = std::ranges::find(kTypes, mount.type, &Alias::name);
      known != kTypes.end()) {
    plan.type = known->type;
  }
  plan.bind = mount.type == "nullfs" || mount.type == "bind";
  if (plan.type == "proc") plan.attributes |= MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  for (const auto& option : mount.options) take_option(option, plan);
  if (plan.bind) plan.type.clear();
  return plan;
}

Result<void> mount_one(Kernel& kernel, UniqueFd& root, const std::string& path,
                       const conf::Mount& mount) {
  const auto plan = plan_mount(mount);
  if (plan.skipped) return {};
  const std::string inside = path_below(mount.target, path).value_or("");
  const auto target = open_inside(kernel, root.get(), inside, mount.target);
  if (!target) return of(mount, target.error());
  auto made = plan.bind ? copy(kernel, root.get(), mount, plan) : make(kernel, mount, plan);
  if (!made) return of(mount, made.error());
  if (const auto moved = kernel.move_mount(made->get(), target->get()); !moved) {
    return of(mount, {.code = moved.error(),
                      .what = mount.target,
                      .remedy = moved.error() == ENOTDIR || moved.error() == EINVAL
                                    ? "source and target are to be both directories, or both files"
                                    : ""});
  }
  if (inside.empty()) root = std::move(*made);
  return {};
}

}  // namespace libjail::lifecycle
