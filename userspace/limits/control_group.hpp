// SPDX-License-Identifier: BSD-2-Clause
// The control group (cgroup v2) of a jail, which limits and counts what it uses:
// /sys/fs/cgroup/jail/NAME, or where systemd is the first process the group "jail" of a unit.
// Whoever made it holds a shared flock(2) on the folder. What a killed process left has no lock on
// it and is swept by the next one when it is empty, unless a jail of that name lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "limits/control_files.hpp"
#include "limits/unit.hpp"

namespace libjail::limits {

inline constexpr const char* kCgroupRoot = "/sys/fs/cgroup";

/// What a jail uses, and its limits. What the kernel does not count is absent.
struct Usage {
  std::optional<std::uint64_t> memory{};       ///< bytes
  std::optional<std::uint64_t> memory_peak{};  ///< bytes
  std::optional<std::uint64_t> cpu_usec{};     ///< microseconds since the group was made
  std::optional<std::uint64_t> pids{};         ///< processes and threads
  std::vector<IoUsage> io{};
  conf::Limits limits{};  ///< as the kernel keeps them: memory in whole pages
};

class ControlGroup {
 public:
  /// Makes the group new, with all controllers that are there, and sets the limits. A group of that
  /// name without processes, which a killed process left, is removed first.
  /// @param limits  without any, and without cgroup v2, the result is a group that is not there and
  ///                with which everything but usage() and set() succeeds and does nothing
  /// @param root  where the cgroup v2 file system is
  /// @param systemd  asked for a unit where it is the first process
  /// @return EBUSY where the group has processes or another one holds it; ENOENT where cgroup v2
  ///         or a controller is missing. Then nothing is left.
  [[nodiscard]] static Result<ControlGroup> make(const std::string& jail,
                                                 const conf::Limits& limits,
                                                 const std::string& root = kCgroupRoot,
                                                 const Systemd& systemd = {});

  /// The group of a jail that runs, without a lock.
  /// @return ENOENT where there is none, as for a jail without a name
  [[nodiscard]] static Result<ControlGroup> open(const std::string& jail,
                                                 const std::string& root = kCgroupRoot);

  /// Removes the groups without a lock, a process or a living jail.
  /// @param listing  the living jails
  /// @return the names of the jails whose groups were removed
  [[nodiscard]] static Result<std::vector<std::string>> sweep(
      Kernel& kernel, const std::string& listing = "/proc/jails",
      const std::string& root = kCgroupRoot);

  /// Moves the calling process in, before it enters the jail. Its children follow.
  [[nodiscard]] Result<void> join() const;

  /// Moves the calling process, which stays outside of the jail and is to outlive the one that made
  /// the group, to where nothing but the end of the jail ends it.
  [[nodiscard]] Result<void> keep() { return unit_ ? unit_->keep() : Result<void>(); }

  /// Changes the limits that are given, all or none of them. They hold at once: a limit of memory
  /// below what is in use kills.
  [[nodiscard]] Result<void> set(const conf::Limits& limits, const Lifted& lifted = {}) const;

  [[nodiscard]] Result<Usage> usage() const;

  /// Sends SIGKILL to every process in the group.
  [[nodiscard]] Result<void> kill() const;

  /// Removes the group and those below it.
  /// @param timeout_ms  to wait for processes that are about to end
  /// @return EBUSY where there are still processes
  [[nodiscard]] Result<void> remove(int timeout_ms = 2000) const;

  [[nodiscard]] bool exists() const { return static_cast<bool>(directory_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Of the folder, which carries the lock; -1 where there is no group. A keeper keeps it open.
  [[nodiscard]] int descriptor() const { return directory_.get(); }

 private:
  ControlGroup(std::string path, UniqueFd directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}

  [[nodiscard]] Result<void> apply(const std::vector<Setting>& settings) const;

  std::string path_;
  UniqueFd directory_;
  std::optional<Unit> unit_;
};

}  // namespace libjail::limits
