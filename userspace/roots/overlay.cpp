// SPDX-License-Identifier: BSD-2-Clause
#include "roots/overlay.hpp"

#include <sys/mount.h>

#include <array>
#include <cerrno>
#include <utility>

#include "jail/steps.hpp"

namespace libjail::roots {
namespace {

constexpr std::size_t kMaxOption = 255;  ///< of a string, fsconfig(2)

/// In these two options a backslash quotes.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return text;
}

/// In mount(8)'s list of options commas, and in overlayfs's list of layers colons, separate.
std::string escaped_option(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (c == '\\' || c == ',' || c == ':') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

Result<void> mount_overlay(Kernel& kernel, const Overlay& overlay, int target) {
  const auto options = std::to_array<std::pair<const char*, std::string>>(
      {{"source", "jail-" + overlay.name},
       {"lowerdir+", overlay.lower},
       {"upperdir", escaped(overlay.layer + "/upper")},
       {"workdir", escaped(overlay.layer + "/work")},
       {"redirect_dir", "nofollow"},
       {"metacopy", "off"}});
  const auto fs = kernel.fsopen("overlay");
  if (!fs) {
    return fail(fs.error(), "mount overlay",
                fs.error() == ENODEV ? "the kernel has no overlayfs; use --copy" : "");
  }
  for (const auto& [key, value] : options) {
    if (value.size() > kMaxOption) {
      return fail(ENAMETOOLONG, std::string("mount overlay: ") + key, "use --copy");
    }
    const auto set = kernel.fsconfig(fs->get(), FSCONFIG_SET_STRING, key, value.c_str());
    if (!set) return fail(set.error(), std::string("mount overlay: ") + key + "=" + value);
  }
  const auto created = kernel.fsconfig(fs->get(), FSCONFIG_CMD_CREATE, nullptr, nullptr);
  if (!created) {
    return fail(created.error(), "mount overlay",
                "dmesg tells more; the store must be on a file system that can be an upper layer, "
                "as ext4, xfs and tmpfs can; or use --copy");
  }
  const auto mount = kernel.fsmount(fs->get(), MOUNT_ATTR_NODEV);
  if (!mount) return fail(mount.error(), "mount overlay");
  if (const auto moved = kernel.move_mount(mount->get(), target); !moved) {
    return fail(moved.error(), "mount overlay on " + overlay.folder + "/root");
  }
  return {};
}

std::string mount_overlay_command(const Overlay& overlay) {
  const std::string options = "nodev,lowerdir=" + escaped_option(overlay.lower) +
                              ",upperdir=" + escaped_option(overlay.layer + "/upper") +
                              ",workdir=" + escaped_option(overlay.layer + "/work") +
                              ",redirect_dir=nofollow,metacopy=off";
  return "mount -t overlay -o " + quoted(options) + " jail-" + overlay.name + " " +
         quoted(overlay.folder + "/root");
}

}  // namespace libjail::roots
