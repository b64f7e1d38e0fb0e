// SPDX-License-Identifier: BSD-2-Clause
#include "limits/control_group.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>

#include "jail/listing.hpp"
#include "jail/name.hpp"
#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::limits {
namespace {

constexpr const char* kFolder = "jail";  // below the root: all groups of jails
constexpr const char* kInUnit = "jail";  // below a unit of systemd: the group of the jail
constexpr const char* kControllers = "cgroup.controllers";
constexpr const char* kSubtree = "cgroup.subtree_control";
constexpr mode_t kMode = 0755;
constexpr mode_t kGroupMode = 0711;  // whoever can open the folder itself can lock it
constexpr const char* kWhoHasOne =
    "a jail that jail -c started has one while it runs, where there is cgroup v2";

UniqueFd open_folder(int dir, const char* path) {
  return UniqueFd(::openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// For what is in it, as those have to who are not its owner.
UniqueFd look_into(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Sys<std::string> read_at(int dir, const char* file) {
  const UniqueFd fd(::openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return std::unexpected(errno);
  return read_all(fd.get());
}

Sys<void> write_at(int dir, const char* file, const std::string& text) {
  const UniqueFd fd(::openat(dir, file, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return std::unexpected(errno);
  // The kernel takes the whole or nothing.
  if (::write(fd.get(), text.data(), text.size()) < 0) return std::unexpected(errno);
  return {};
}

Sys<void> lock(int fd, int operation) {
  while (::flock(fd, operation) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  return {};
}

/// "." and ".." are names of jails, too, but not of groups.
Result<std::string> group_name(const std::string& jail) {
  auto name = parse_name(jail);
  if (name && (*name == "." || *name == "..")) {
    return fail(EINVAL, "control group of jail " + jail, "give the jail another name");
  }
  return name;
}

/// Enables what the folder has and does not pass on yet. Each by itself, as the kernel takes all of
/// a line or nothing; what is missing in the end is told where it is needed.
void enable_controllers(int folder) {
  const auto available = read_at(folder, kControllers);
  const auto enabled = read_at(folder, kSubtree);
  if (!available || !enabled) return;
  const auto words = [](std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return split(text, ' ');
  };
  const auto there = words(*available);
  const auto passed_on = words(*enabled);
  for (const char* controller : {"cpu", "io", "memory", "pids"}) {
    if (std::ranges::find(there, controller) == there.end()) continue;
    if (std::ranges::find(passed_on, controller) != passed_on.end()) continue;
    static_cast<void>(write_at(folder, kSubtree, std::string("+") + controller));
  }
}

/// The folder of all groups of jails.
Result<UniqueFd> open_parent(const std::string& root) {
  const UniqueFd top = open_folder(AT_FDCWD, root.c_str());
  if (!top || ::faccessat(top.get(), kControllers, F_OK, 0) < 0) {
    return fail(ENOENT, "no cgroup v2 file system in " + root,
                "mount -t cgroup2 cgroup2 " + root + ", or give the jail no limits");
  }
  if (::mkdirat(top.get(), kFolder, kMode) < 0 && errno != EEXIST) {
    return fail(errno, "control group " + root + "/" + kFolder);
  }
  UniqueFd parent = open_folder(top.get(), kFolder);
  if (!parent) return fail(errno, "control group " + root + "/" + kFolder);
  enable_controllers(top.get());
  enable_controllers(parent.get());
  return parent;
}

/// The folder of a unit, in which no process is any more.
Result<UniqueFd> open_unit(const Unit& unit) {
  UniqueFd folder = open_folder(AT_FDCWD, unit.path().c_str());
  if (!folder) return fail(errno, "control group " + unit.path());
  enable_controllers(folder.get());
  return folder;
}

bool is_at(int folder, int parent, const char* name) {
  struct stat open {};
  struct stat found {};
  return ::fstat(folder, &open) == 0 && ::fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         open.st_dev == found.st_dev && open.st_ino == found.st_ino;
}

/// Removes what a killed process left, so that the new group starts to count at 0.
Result<void> remove_old(int parent, const char* name, const std::string& path) {
  const UniqueFd old = open_folder(parent, name);
  if (!old && errno == ENOENT) return {};
  if (!old && (errno == ENOTDIR || errno == ELOOP)) {
    return fail(EEXIST, "control group " + path,
                "the kernel has a file of that name there; "
                "give the jail another name");
  }
  if (!old) return fail(errno, "control group " + path);
  if (!lock(old.get(), LOCK_EX | LOCK_NB)) {
    return fail(EBUSY, "control group " + path, "another process is starting or keeping the jail");
  }
  if (::unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
    return fail(errno, "control group " + path,
                errno == EBUSY ? "its processes are in " + path + "/cgroup.procs" : "");
  }
  return {};
}

Result<UniqueFd> make_folder(int parent, const char* name, const std::string& path) {
  constexpr int kTries = 16;  // a sweep may take it between two of our steps
  for (int i = 0; i < kTries; ++i) {
    if (::mkdirat(parent, name, kGroupMode) < 0) {
      if (errno != EEXIST) return fail(errno, "control group " + path);
      if (auto gone = remove_old(parent, name, path); !gone) return std::unexpected(gone.error());
      continue;
    }
    UniqueFd folder = open_folder(parent, name);
    if (!folder) continue;
    if (const auto locked = lock(folder.get(), LOCK_SH); !locked) {
      return fail(locked.error(), "control group " + path);
    }
    if (is_at(folder.get(), parent, name)) return folder;
  }
  return fail(EBUSY, "control group " + path);
}

/// What helps where the file of a limit is not there.
Error missing(int folder, const std::string& path, const Setting& setting) {
  const auto controllers = read_at(folder, kControllers).value_or("");
  const auto words = split(std::string_view(controllers).substr(0, controllers.find('\n')), ' ');
  const bool has = std::ranges::find(words, setting.controller) != words.end();
  const std::string what = "limit of " + std::string(setting.controller) + ": ";
  if (has) {
    return {.code = 0,
            .what = what + path + " has no " + setting.file,
            .remedy = std::string("the kernel needs ") + setting.option};
  }
  return {.code = 0,
          .what = what + "control group " + path + " has no controller " + setting.controller,
          .remedy = std::string("the kernel needs ") + setting.option +
                    ", and cgroup v1 must not hold the controller: boot with cgroup_no_v1=all" +
                    (std::string_view(setting.controller) == "memory"
                         ? " and without cgroup_disable=memory"
                         : "")};
}

/// What restores the file: io.max has a line for each device with limits, and takes one at a time.
std::string before_text(const Setting& setting, const std::string& before) {
  if (std::string_view(setting.file) != kIoMax) return before;
  return setting.text.substr(0, setting.text.find(' ')) + kNoIoLimit + "\n" + before;
}

void write_back(int folder, const Setting& old) {
  for (const auto line : split(old.text, '\n')) {
    if (!line.empty()) static_cast<void>(write_at(folder, old.file, std::string(line)));
  }
}

/// Waits until something changes in the group, or a moment where nobody is in it any more.
void wait_for_event(int folder, int timeout_ms) {
  constexpr int kMoment = 10;  // milliseconds
  const UniqueFd events(::openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC));
  const auto text = events ? read_all(events.get()) : Sys<std::string>(std::unexpected(errno));
  if (!text || parse_keyed(*text, "populated") == 0) timeout_ms = std::min(timeout_ms, kMoment);
  pollfd poll{.fd = events.get(), .events = POLLPRI, .revents = 0};
  ::poll(&poll, 1, timeout_ms);
}

/// The names of the folders in a folder.
std::vector<std::string> folders_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

/// A jail that was given rights over its group may have made groups in it.
void remove_below(int folder) {
  for (const auto& name : folders_in(folder)) {
    if (const UniqueFd below = open_folder(folder, name.c_str()); below) remove_below(below.get());
    ::unlinkat(folder, name.c_str(), AT_REMOVEDIR);
  }
}

}  // namespace

Result<ControlGroup> ControlGroup::make(const std::string& jail, const conf::Limits& limits,
                                        const std::string& root, const Systemd& systemd) {
  auto name = group_name(jail);
  if (!name) return std::unexpected(name.error());
  const auto settings = settings_of(limits);
  if (!settings) return std::unexpected(settings.error());
  std::string path = root + "/" + kFolder + "/" + *name;
  std::optional<Unit> unit;
  if (has_systemd(root)) {
    auto taken = Unit::take(*name, root, systemd);
    if (!taken) return std::unexpected(taken.error());
    unit = *std::move(taken);
    path = unit->path() + "/" + kInUnit;
    name = kInUnit;
  }
  const auto parent = unit ? open_unit(*unit) : open_parent(root);
  if (!parent && settings->empty()) return ControlGroup(std::move(path), UniqueFd());
  if (!parent) return std::unexpected(parent.error());
  auto folder = make_folder(parent->get(), name->c_str(), path);
  if (!folder) return std::unexpected(folder.error());
  ControlGroup group(std::move(path), *std::move(folder));
  group.unit_ = std::move(unit);
  if (auto done = group.apply(*settings); !done) {
    ::unlinkat(parent->get(), name->c_str(), AT_REMOVEDIR);
    return std::unexpected(done.error());
  }
  return group;
}

Result<ControlGroup> ControlGroup::open(const std::string& jail, const std::string& root) {
  const auto name = group_name(jail);
  // A jail without a name has its number in its place, and nobody makes a group of that.
  if (!name) return fail(ENOENT, "control group of jail " + jail, kWhoHasOne);
  for (const auto& unit : unit_paths(*name, root)) {
    std::string path = unit + "/" + kInUnit;
    if (UniqueFd folder = look_into(path); folder) {
      return ControlGroup(std::move(path), std::move(folder));
    }
  }
  std::string path = root + "/" + kFolder + "/" + *name;
  UniqueFd folder = look_into(path);
  if (!folder) {
    return fail(errno, "control group " + path, errno == ENOENT ? kWhoHasOne : "");
  }
  return ControlGroup(std::move(path), std::move(folder));
}

Result<std::vector<std::string>> ControlGroup::sweep(Kernel& kernel, const std::string& listing,
                                                     const std::string& root) {
  std::vector<std::string> swept;
  const UniqueFd parent = open_folder(AT_FDCWD, (root + "/" + kFolder).c_str());
  if (!parent) return swept;                             // nothing was ever made
  std::optional<Result<std::vector<ListedJail>>> jails;  // read when the first is looked at
  for (const auto& name : folders_in(parent.get())) {
    const UniqueFd folder = open_folder(parent.get(), name.c_str());
    if (!folder || !lock(folder.get(), LOCK_EX | LOCK_NB)) continue;
    if (!jails) jails = list_jails(kernel, listing.c_str());
    if (!*jails && jails->error().code != ENOENT) continue;  // when in doubt, leave it
    if (*jails && std::ranges::count(**jails, name, &ListedJail::name) > 0) continue;
    remove_below(folder.get());
    if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0) swept.push_back(name);
  }
  return swept;
}

Result<void> ControlGroup::join() const {
  if (!exists()) return {};
  if (const auto done = write_at(directory_.get(), "cgroup.procs", "0"); !done) {
    return fail(done.error(), "join control group " + path_);
  }
  return {};
}

Result<void> ControlGroup::set(const conf::Limits& limits, const Lifted& lifted) const {
  const auto settings = settings_of(limits, lifted);
  if (!settings) return std::unexpected(settings.error());
  if (!exists()) return fail(ENOENT, "control group " + path_);
  return apply(*settings);
}

Result<void> ControlGroup::apply(const std::vector<Setting>& settings) const {
  std::vector<Setting> undo;
  for (const auto& setting : settings) {
    const auto before = read_at(directory_.get(), setting.file);
    const auto done = before ? write_at(directory_.get(), setting.file, setting.text)
                             : Sys<void>(std::unexpected(before.error()));
    if (done) {
      undo.push_back(setting);
      undo.back().text = before_text(setting, *before);
      continue;
    }
    for (auto old = undo.rbegin(); old != undo.rend(); ++old) write_back(directory_.get(), *old);
    if (done.error() == ENOENT) {
      return std::unexpected(missing(directory_.get(), path_, setting));
    }
    return fail(done.error(), "write \"" + setting.text + "\" to " + path_ + "/" + setting.file,
                done.error() == ENODEV ? "name a disk, not a partition" : "");
  }
  return {};
}

Result<Usage> ControlGroup::usage() const {
  if (!exists()) return fail(ENOENT, "control group " + path_);
  const auto text = [this](const char* file) {
    return read_at(directory_.get(), file).value_or("");
  };
  if (const auto alive = read_at(directory_.get(), "cgroup.procs"); !alive) {
    return fail(alive.error(), "control group " + path_);  // removed meanwhile
  }
  Usage usage{.memory = parse_max(text("memory.current")),
              .memory_peak = parse_max(text("memory.peak")),
              .cpu_usec = parse_keyed(text("cpu.stat"), "usage_usec"),
              .pids = parse_max(text("pids.current")),
              .io = parse_io_stat(text("io.stat")),
              .limits = {.memory = parse_max(text("memory.max")),
                         .cpu = parse_cpu_max(text("cpu.max")),
                         .io = parse_io_max(text("io.max"))}};
  if (const auto pids = parse_max(text("pids.max")); pids) {
    usage.limits.pids = static_cast<int>(*pids);  // the kernel keeps it below 2^22
  }
  return usage;
}

Result<void> ControlGroup::kill() const {
  if (!exists()) return {};
  if (const auto done = write_at(directory_.get(), "cgroup.kill", "1"); !done) {
    return fail(done.error(), "kill the processes of control group " + path_);
  }
  return {};
}

Result<void> ControlGroup::remove(int timeout_ms) const {
  using Clock = std::chrono::steady_clock;
  if (!exists()) return {};
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  // Another one of that name is not ours to remove.
  while (is_at(directory_.get(), AT_FDCWD, path_.c_str())) {
    remove_below(directory_.get());
    if (::rmdir(path_.c_str()) == 0 || errno == ENOENT) break;
    if (errno != EBUSY) return fail(errno, "remove control group " + path_);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) {
      return fail(EBUSY, "remove control group " + path_,
                  "its processes are in " + path_ + "/cgroup.procs");
    }
    wait_for_event(directory_.get(), static_cast<int>(left.count()));
  }
  return {};
}

}  // namespace libjail::limits
