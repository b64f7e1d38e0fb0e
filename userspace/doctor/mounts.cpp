// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/mounts.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "doctor/text.hpp"

namespace libjail::doctor {
namespace {

/// Of the host, in which there is too much to be seen, read-only or not.
constexpr auto kPrivate = std::to_array<std::string_view>(
    {"/boot", "/dev", "/etc", "/etc/gshadow", "/etc/shadow", "/etc/ssh", "/etc/ssl/private",
     "/home", "/proc", "/root", "/root/.ssh", "/run", "/sys", "/var"});
/// What the host executes or obeys.
constexpr auto kObeyed = std::to_array<std::string_view>(
    {"/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/root", "/sbin", "/usr/bin",
     "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin", "/usr/local/bin",
     "/usr/local/lib", "/usr/local/sbin", "/var/spool/cron"});
/// File systems by which the kernel is controlled.
constexpr auto kControls = std::to_array<std::string_view>(
    {"binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "efivarfs", "pstore",
     "securityfs", "selinuxfs", "sysfs", "tracefs"});
/// Whose servers do as root what they are told.
constexpr auto kPowerful = std::to_array<std::string_view>(
    {"/buildkitd.sock", "/containerd.sock", "/crio.sock", "/docker.sock", "/incus/unix.socket",
     "/libvirt-sock", "/lxd/unix.socket", "/podman.sock", "/snapd.socket", "/system_bus_socket",
     "/systemd/private"});

bool contains_any(std::string_view place, std::span<const std::string_view> places) {
  return std::ranges::any_of(places, [&](auto one) { return is_within(one, place); });
}

bool is_in_any(std::string_view place, std::span<const std::string_view> places) {
  return std::ranges::any_of(places, [&](auto one) { return is_within(place, one); });
}

/// @p point below @p path: "/srv/web" and "/dev" are "/srv/web/dev".
std::string joined(const std::string& path, const std::string& point) {
  if (point == "/") return path;
  return (path == "/" ? "" : path) + point;
}

/// The places of the host that show what is mounted.
std::vector<std::string> places_of(const MountEntry& mount, const std::vector<MountEntry>& host) {
  std::vector<std::string> places;
  for (const auto& other : host) {
    if (other.device != mount.device) continue;
    if (is_within(mount.root, other.root)) {
      const auto rest = mount.root.substr(other.root == "/" ? 0 : other.root.size());
      places.push_back(rest.empty() || rest == "/" ? other.point : joined(other.point, rest));
    }
  }
  return places;
}

std::string undo(const Surroundings& around, const std::string& point) {
  if (around.running) return "take it out of the configuration and start the jail again";
  return "umount " + shell_word(joined(around.path, point));
}

/// A place of the host that the jail has at @p point.
void judge_place(const Surroundings& around, const std::string& place, const std::string& point,
                 bool read_only, const std::string& fix, Collector& found) {
  const bool is_around = is_within(around.path, place) && around.path != place;
  const char* sentence = nullptr;
  if (place == "/" || is_around) {
    sentence = "has the root directory itself in it, and what lies beside it";
  } else if (contains_any(place, kPrivate)) {
    sentence = "has secrets, sockets or devices in it";
  } else if (!read_only && (is_in_any(place, kObeyed) || contains_any(place, kObeyed))) {
    sentence = "is what the host executes or obeys, and can be written to";
  }
  if (sentence == nullptr) return;
  found.add({.id = "mount-host",
             .level = Level::kUnsafe,
             .object = point,
             .sentence = "is " + escaped(place) + " of the host, which " + sentence,
             .fix = fix});
}

void report_socket(const std::string& place, const std::string& point, const std::string& fix,
                   Collector& found) {
  const bool powerful = is_powerful_socket(place);
  found.add({.id = "sock-host",
             .level = powerful ? Level::kUnsafe : Level::kWarning,
             .object = point,
             .sentence = "is the socket " + escaped(place) + " of the host, " +
                         (powerful ? "whose server does what jailed root says"
                                   : "so the jail talks to a server outside"),
             .fix = fix});
}

/// A device node, which is mounted itself or is a name of what is.
void check_node(const MountEntry& mount, const struct stat& st, const Drivers& drivers,
                const std::string& fix, Collector& found) {
  if (mount.has("nodev")) return;
  const auto judgement = judge_device(st.st_mode, st.st_rdev, drivers);
  if (!judgement) return;
  found.add({.id = judgement->id,
             .level = judgement->level,
             .object = mount.point,
             .detail = device_name(st.st_mode, st.st_rdev),
             .sentence = judgement->sentence,
             .fix = fix});
}

void check_mount(Kernel& kernel, const Surroundings& around, const MountEntry& mount,
                 const Drivers& drivers, Collector& found) {
  const std::string fix = undo(around, mount.point);
  const auto places = places_of(mount, around.elsewhere);
  if (mount.type == "proc") {
    if (mount.root == "/kcore") {
      found.add({.id = "dev-mem",
                 .level = Level::kUnsafe,
                 .object = mount.point,
                 .sentence = "is /proc/kcore, the memory of the kernel",
                 .fix = fix});
    } else if (!places.empty()) {
      found.add({.id = "proc-host",
                 .level = Level::kUnsafe,
                 .object = mount.point,
                 .sentence = "is " + escaped(places.front()) + " of the host, mounted once more",
                 .fix = fix + "; jail(8) mounts a /proc of the jail's own"});
    }
    return;
  }
  if (std::ranges::find(kControls, mount.type) != kControls.end()) {
    if (mount.read_only()) return;
    found.add({.id = "sys-rw",
               .level = Level::kUnsafe,
               .object = mount.point,
               .sentence = mount.type + ", by which the kernel is controlled, can be written to",
               .fix = fix});
    return;
  }
  if (const auto fd = open_point(kernel, around.root, mount.point, O_PATH)) {
    const auto st = kernel.fstat(fd->get());
    if (st && (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))) {
      check_node(mount, *st, drivers, fix, found);
      return;
    }
    if (st && S_ISSOCK(st->st_mode) && !places.empty()) {
      report_socket(places.front(), mount.point, fix, found);
      return;
    }
  }
  // The jail may have it at several places; one finding says enough.
  Collector one;
  for (const auto& place : places) {
    judge_place(around, place, mount.point, mount.read_only(), fix, one);
  }
  if (auto report = one.take(); !report.findings.empty()) {
    found.add(std::move(report.findings.front()));
  }
}

bool has_option(const conf::Mount& mount, std::string_view option) {
  return std::ranges::find(mount.options, option) != mount.options.end();
}

/// The private file system of that type at @p point, or nothing.
const MountEntry* own_mount(const Surroundings& around, std::string_view point,
                            std::string_view type) {
  const MountEntry* last = nullptr;
  for (const auto& mount : around.inside) {
    if (mount.point == point) last = &mount;
  }
  if (last == nullptr || last->type != type) return nullptr;
  return places_of(*last, around.elsewhere).empty() ? last : nullptr;
}

}  // namespace

Surroundings surroundings(int root, const std::string& path, std::vector<MountEntry> table) {
  Surroundings around{.root = root, .path = path};
  for (auto& mount : table) {
    if (!is_within(mount.point, path)) {
      around.elsewhere.push_back(std::move(mount));
      continue;
    }
    mount.point.erase(0, path == "/" ? 0 : path.size());
    if (mount.point.empty()) mount.point = "/";
    // What was mounted there before is covered.
    std::erase_if(around.inside, [&](const auto& other) { return other.point == mount.point; });
    around.inside.push_back(std::move(mount));
  }
  return around;
}

void check_place(const Surroundings& around, Collector& found) {
  if (contains_any(around.path, kPrivate) || contains_any(around.path, kObeyed)) {
    found.add({.id = "mount-host",
               .level = Level::kUnsafe,
               .object = "/",
               .sentence = "the root directory is " + escaped(around.path) + " of the host itself",
               .fix = "make a root directory: jailctl create"});
  }
}

void check_mounts(Kernel& kernel, const Surroundings& around, const Drivers& drivers,
                  Collector& found) {
  for (const auto& mount : around.inside) check_mount(kernel, around, mount, drivers, found);
}

bool check_dev_link(Kernel& kernel, const Surroundings& around, Collector& found) {
  const auto dev = open_point(kernel, around.root, "/dev", O_PATH);
  const auto st = dev ? kernel.fstat(dev->get()) : std::unexpected(dev.error());
  if (!st || !S_ISLNK(st->st_mode)) return false;
  const std::string path = shell_word(joined(around.path, "/dev"));
  found.add({.id = "path-symlink",
             .level = Level::kUnsafe,
             .object = "/dev",
             .sentence = "is a symbolic link, and may lead to devices that lie elsewhere",
             .fix = "rm " + path + " && mkdir " + path});
  return true;
}

void check_future_mounts(const Surroundings& around, const std::vector<conf::Mount>& mounts,
                         Collector& found) {
  for (const auto& mount : mounts) {
    const std::string point = is_within(mount.target, around.path)
                                  ? mount.target.substr(around.path.size())
                                  : mount.target;
    const std::string fix = "take the mount out of the configuration";
    const bool read_only = has_option(mount, "ro");
    if (std::ranges::find(kControls, mount.type) != kControls.end() && !read_only) {
      found.add({.id = "sys-rw",
                 .level = Level::kUnsafe,
                 .object = point,
                 .sentence = mount.type + ", by which the kernel is controlled, can be written to",
                 .fix = "add the option ro"});
    }
    if (mount.type == "devtmpfs") {
      judge_place(around, "/dev", point, read_only, fix, found);
      continue;
    }
    if (!mount.source.starts_with('/')) continue;
    const std::unique_ptr<char, decltype(&std::free)> real(
        ::realpath(mount.source.c_str(), nullptr), &std::free);
    struct stat st {};
    if (real == nullptr || ::stat(real.get(), &st) < 0) continue;  // its mount will fail
    if (S_ISSOCK(st.st_mode)) {
      report_socket(real.get(), point, fix, found);
    } else if (has_option(mount, "bind") || has_option(mount, "rbind") || mount.type == "nullfs") {
      judge_place(around, real.get(), point, read_only, fix, found);
    } else if (S_ISBLK(st.st_mode)) {
      const MountEntry disk{.device = st.st_rdev,
                            .root = "/",
                            .point = point,
                            .options = {},
                            .type = mount.type,
                            .super = {}};
      for (const auto& place : places_of(disk, around.elsewhere)) {
        judge_place(around, place, point, read_only, fix, found);
      }
    }
  }
}

void check_private_dev(Kernel& kernel, const Surroundings& around, bool covered, Collector& found) {
  const auto dev = open_point(kernel, around.root, "/dev", O_PATH | O_DIRECTORY);
  if ((covered && dev) || check_dev_link(kernel, around, found)) return;
  if (!dev) {
    found.add({.id = "dev-pts",
               .level = Level::kWarning,
               .object = "/dev",
               .sentence = "there is no such directory, so the jail gets no terminals",
               .fix = "mkdir " + shell_word(joined(around.path, "/dev"))});
    return;
  }
  if (own_mount(around, "/dev/pts", "devpts") == nullptr) {
    found.add({.id = "dev-pts",
               .level = Level::kWarning,
               .object = "/dev/pts",
               .sentence = "has no terminals of the jail's own",
               .fix = "let jail(8) mount /dev, or mount -t devpts -o newinstance,ptmxmode=0666"});
  }
  if (own_mount(around, "/dev/shm", "tmpfs") == nullptr &&
      open_point(kernel, around.root, "/dev/shm", O_PATH | O_DIRECTORY)) {
    found.add({.id = "dev-shm",
               .level = Level::kWarning,
               .object = "/dev/shm",
               .sentence = "is no tmpfs of the jail's own, so its memory may be shared",
               .fix = "let jail(8) mount /dev, or mount -t tmpfs"});
  }
}

Sys<UniqueFd> open_point(Kernel& kernel, int root, const std::string& point, std::uint64_t flags) {
  const std::string path = point == "/" ? "." : point;
  return kernel.openat2(root, path.c_str(),
                        {.flags = flags | O_NOFOLLOW | O_CLOEXEC,
                         .mode = 0,
                         .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS});
}

bool is_powerful_socket(std::string_view place) {
  return std::ranges::any_of(kPowerful, [&](auto end) { return place.ends_with(end); });
}

}  // namespace libjail::doctor
