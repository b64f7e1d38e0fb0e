// SPDX-License-Identifier: BSD-2-Clause
// The unit of systemd that a jail's control group is in, where systemd is the first process. The
// tree of control groups belongs to it then: of a group that it does not know it takes controllers
// away. What is below a unit with Delegate=yes it leaves alone (systemd's CGROUP_DELEGATION.md).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/unique_fd.hpp"

namespace libjail::limits {

/// What of systemd tests replace.
struct Systemd {
  std::string run = "/usr/bin/systemd-run";
  std::string own_group = "/proc/self/cgroup";  ///< the control group of the calling process
};

/// Whether systemd is the first process, which has a group of its own.
/// @param root  where the cgroup v2 file system is
[[nodiscard]] bool has_systemd(const std::string& root);

/// Where the unit of a jail may be: jail@NAME.service and jail-NAME.scope, in jail.slice.
[[nodiscard]] std::vector<std::string> unit_paths(const std::string& jail, const std::string& root);

class Unit {
 public:
  /// The service jail@NAME where the calling process is in that; else a new scope, which no other
  /// unit's end takes along, such as that of the caller's login session. Processes that were in it
  /// are in its group "keeper" afterwards, as one with controllers for other groups has none.
  [[nodiscard]] static Result<Unit> take(const std::string& jail, const std::string& root,
                                         const Systemd& systemd = {});

  Unit(Unit&& other) noexcept;
  Unit& operator=(Unit&& other) noexcept;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
  /// A scope without processes ends.
  ~Unit();

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Moves the calling process in, which keeps the unit alive from now on; what kept it before is
  /// left to the process that took the unit.
  [[nodiscard]] Result<void> keep();

 private:
  Unit(std::string path, UniqueFd hold, pid_t holder)
      : path_(std::move(path)), hold_(std::move(hold)), holder_(holder) {}

  [[nodiscard]] static Result<Unit> make_scope(const std::string& path, const std::string& name,
                                               const Systemd& systemd);
  [[nodiscard]] Result<void> make_room() const;

  std::string path_;
  UniqueFd hold_;    ///< as long as it is open, the holder lives
  pid_t holder_{0};  ///< the first process of a scope; 0: none
};

}  // namespace libjail::limits
