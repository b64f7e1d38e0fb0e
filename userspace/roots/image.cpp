// SPDX-License-Identifier: BSD-2-Clause
#include "roots/image.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "jail/steps.hpp"
#include "roots/helper.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

constexpr std::uint64_t kLeast = std::uint64_t{1} << 20;
constexpr std::uint64_t kMost = std::uint64_t{16} << 40;  // of ext4 with blocks of 4 KiB
constexpr const char* kMke2fs = "/sbin/mke2fs";
constexpr int kTries = 64;  // others take free devices meanwhile

std::vector<std::string> mke2fs(const std::string& image) {
  // Nothing is set aside for root, and what can be written later is not written now.
  return {kMke2fs, "-q",   "-F",
          "-t",    "ext4", "-m",
          "0",     "-E",   "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
          image};
}

}  // namespace

Sys<LoopDevice> attach_loop(int file) {
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) return std::unexpected(errno);
  for (int i = 0; i < kTries; ++i) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return std::unexpected(errno);
    LoopDevice device{.fd = {}, .path = "/dev/loop" + std::to_string(number)};
    device.fd.reset(::open(device.path.c_str(), O_RDWR | O_CLOEXEC));
    if (!device.fd) return std::unexpected(errno);
    loop_config config{};
    config.fd = static_cast<__u32>(file);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (::ioctl(device.fd.get(), LOOP_CONFIGURE, &config) == 0) {
      // A kernel that guards mounts (BLK_DEV_WRITE_MOUNTED) mounts nothing that is open for
      // writing.
      device.fd.reset(::open(("/proc/self/fd/" + std::to_string(device.fd.get())).c_str(),
                             O_RDONLY | O_CLOEXEC));
      if (!device.fd) return std::unexpected(errno);
      return device;
    }
    if (errno != EBUSY) return std::unexpected(errno);
  }
  return std::unexpected(EBUSY);
}

Result<void> make_image(const Environment& environment, int folder, const std::string& path,
                        std::uint64_t size) {
  if (size < kLeast || size > kMost) return fail(0, "size: give 1M to 16T");
  {
    const UniqueFd file(
        ::openat(folder, kImage, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail(errno, path + "/" + kImage);
    if (::ftruncate(file.get(), static_cast<off_t>(size)) < 0) {
      return fail(errno, path + "/" + kImage);
    }
  }
  auto done = run_helpers(environment, "make the file system",
                          {{.what = "mke2fs",
                            .argv = mke2fs(path + "/" + kImage),
                            .writable = path,
                            .devices = false}});
  if (!done && done.error().what.starts_with("mke2fs: /sbin/mke2fs: No such file")) {
    done.error().remedy = "install e2fsprogs";
  }
  return done;
}

Result<UniqueFd> mount_image(const Environment& environment, int folder, const char* point) {
  auto& kernel = environment.kernel;
  const auto target = open_folder(kernel, folder, point);
  if (!target) return fail(target.error(), std::string("folder \"") + point + "\"");
  const auto file = kernel.openat2(folder, kImage,
                                   {.flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC,
                                    .mode = 0,
                                    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS});
  if (!file) return fail(file.error(), kImage);
  // Cleared with the last use: that is the mount's, or ours if there is none.
  const auto loop = environment.attach_loop(file->get());
  if (!loop) {
    return fail(loop.error(), "attach the image to a loop device",
                loop.error() == ENOENT ? "modprobe loop" : "");
  }
  const auto fs = kernel.fsopen("ext4");
  if (!fs) return fail(fs.error(), "mount the image: ext4");
  if (const auto set =
          kernel.fsconfig(fs->get(), FSCONFIG_SET_STRING, "source", loop->path.c_str());
      !set) {
    return fail(set.error(), "mount the image");
  }
  if (const auto made = kernel.fsconfig(fs->get(), FSCONFIG_CMD_CREATE, nullptr, nullptr); !made) {
    return fail(made.error(), "mount the image", "dmesg tells more");
  }
  const auto mount = kernel.fsmount(fs->get(), MOUNT_ATTR_NODEV);
  if (!mount) return fail(mount.error(), "mount the image");
  UniqueFd root(::openat(mount->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return fail(errno, "root of the image");
  if (const auto moved = kernel.move_mount(mount->get(), target->get()); !moved) {
    return fail(moved.error(), "mount the image");
  }
  return root;
}

std::vector<std::string> make_image_commands(const std::string& folder, std::uint64_t size) {
  const std::string image = quoted(folder + "/" + kImage);
  std::string command;
  for (const auto& word : mke2fs(folder + "/" + kImage)) {
    command += (command.empty() ? "" : " ") + quoted(word);
  }
  return {"(umask 077 && truncate -s " + std::to_string(size) + " " + image + ")", command};
}

std::string mount_image_command(const std::string& folder, const char* point) {
  return "mount -o loop,nodev " + quoted(folder + "/" + kImage) + " " +
         quoted(folder + "/" + point);
}

}  // namespace libjail::roots
