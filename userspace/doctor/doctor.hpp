// SPDX-License-Identifier: BSD-2-Clause
// Is it safe to start this jail? Looks at the ceiling, the root directory, the mounts, the address
// and the host around a jail, and says what would let somebody out. It changes nothing.
//
// The kernel's walls are the first defence: it opens no device for a jail that is not on its list,
// for example. What is found here is what should not be there even so.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/capmask.hpp"
#include "jail/conf/mount_line.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::doctor {

/// A jail as it runs, or as it is to be started.
struct Subject {
  std::string name{};  ///< its own use of the address is no conflict
  std::string root{};  ///< path of the root directory on the host
  uid_t owner = 0;     ///< who is root of the jail on the disk
  std::uint64_t ceiling = kDefaultCeiling;
  std::optional<std::uint32_t> address{};  ///< IPv4, host byte order
  bool adds_address = false;               ///< the address comes with the start of the jail
  bool own_network = false;                ///< its network is not the host's, nor are its addresses
  bool system_mounts = true;               ///< the jail gets /proc, /dev and /dev/shm of its own
  std::vector<conf::Mount> mounts{};       ///< that the start of the jail adds
  pid_t process = 0;  ///< one in the jail, so that its own mounts can be looked at; 0: none
};

enum class Scope {
  /// What is cheap and fatal, for before each start: the ceiling, the root directory and those
  /// above it, mounts at and below it, and its /dev where the jail gets none of its own. Takes no
  /// longer for a larger root directory.
  kFatal,
  /// All there is; every file of the root directory is looked at.
  kAll,
};

enum class Level { kWarning, kUnsafe };

/// What mends a finding, where that can be done without asking what else depends on it.
struct Repair {
  enum class Action { kRemove, kSetOwner, kSetMode };
  Action action = Action::kRemove;
  std::string path{};  ///< below the root directory, without a slash in front; empty: itself
  // Of what is to be mended, so that nothing else is:
  dev_t device{};  ///< st_dev
  ino_t inode{};   ///< st_ino
  dev_t node{};    ///< st_rdev
  mode_t mode{};   ///< type bits of st_mode
};

struct Finding {
  std::string id;  ///< stable: "dev-block"
  Level level = Level::kWarning;
  std::string object;    ///< what it is about, mostly a path as the jail sees it; any bytes
  std::string detail{};  ///< of the object: "b 8:0"
  std::string sentence;  ///< what is wrong with it, without a full stop
  std::string fix;       ///< what helps, mostly a command of a shell
  std::optional<Repair> repair{};
};

struct Report {
  std::vector<Finding> findings;  ///< grouped by check
  std::vector<Error> gaps;        ///< what could not be looked at
};

/// Where the kernel tells of itself, replaced by tests.
struct Sources {
  std::string proc = "/proc";
};

/// @return what was found; an error where the root directory cannot be looked at at all
[[nodiscard]] Result<Report> examine(Kernel& kernel, const Subject& subject, Scope scope,
                                     const Sources& sources = {});

/// Whether anything in it is UNSAFE.
[[nodiscard]] bool is_unsafe(const Report& report);

/// The fatal part of examine(), as an error with all that was found.
/// @param remedy  what the user can do about it
[[nodiscard]] Result<void> refuse_unsafe(Kernel& kernel, const Subject& subject,
                                         const std::string& remedy);

/// "UNSAFE dev-block  /dev/sda (b 8:0): … Fix: …", with nothing in it that moves a terminal.
[[nodiscard]] std::string text(const Finding& finding);

}  // namespace libjail::doctor
