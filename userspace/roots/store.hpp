// SPDX-License-Identifier: BSD-2-Clause
// The folder that all root directories are in:
//   NAME/root         what the jail sees
//   NAME/upper, work  of a thin one: what it changed, and overlayfs's own
//   NAME/image, data  of one with a size: the file system, and where it is mounted with these two
//   NAME/record.json  what it was made from
//   .base/KEY         what several are made from
//   .NAME.unfinished  on its way in or out; without a running jailctl, garbage
// One tool at a time works on it, under a lock on the folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"
#include "jail/unique_fd.hpp"
#include "roots/record.hpp"

namespace libjail::roots {

inline constexpr const char* kBases = ".base";
inline constexpr const char* kRoot = "root";

/// @p name as a jail's, and as that of a folder.
[[nodiscard]] Result<std::string> checked_name(const std::string& name);

[[nodiscard]] std::string unfinished(const std::string& name);

class Store {
 public:
  /// @return ENOENT where it is not there
  static Result<Store> open(const Environment& environment);
  /// Waits for other tools.
  [[nodiscard]] Result<void> lock() const;

  /// Lets no jail start on the root directory of @p name: whoever removes it holds this, and looks
  /// first whether one runs. Waits for one that starts.
  [[nodiscard]] Result<UniqueFd> lock_root(const std::string& name) const;
  /// Lets no jail start whose root directory has links: whoever frees linked files of the immutable
  /// flag holds this, and looks first which jails run. Waits for those that start.
  /// @return a descriptor that holds the lock; closed where there are no bases
  [[nodiscard]] Result<UniqueFd> lock_links() const;

  /// Removes what killed tools left and bases that nothing is made from; but leaves links to files
  /// that a running jail has too.
  /// @return the names whose leftovers were removed
  [[nodiscard]] Result<std::vector<std::string>> sweep() const;

  /// The names of jails, sorted.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// @return ENOENT where there is no such root
  [[nodiscard]] Result<Record> record(const std::string& name) const;
  /// Whether the folder has an entry of that name.
  [[nodiscard]] bool has(const std::string& name) const;
  [[nodiscard]] bool has_base(const std::string& key) const;
  /// The names of all jails that are made from the base, or whose record cannot be read.
  [[nodiscard]] Result<std::vector<std::string>> users_of(const std::string& key) const;
  /// Those of @p names that run.
  [[nodiscard]] Result<std::vector<std::string>> running(
      const std::vector<std::string>& names) const;
  /// The mount points at and below the folder of a jail, innermost first.
  [[nodiscard]] Result<std::vector<std::string>> mounts(const std::string& name) const;

  [[nodiscard]] const Environment& environment() const { return *environment_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Without symbolic links.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string folder(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string root(const std::string& name) const {
    return folder(name) + "/" + kRoot;
  }

 private:
  Store(const Environment& environment, UniqueFd fd, std::string path)
      : environment_(&environment), fd_(std::move(fd)), path_(std::move(path)) {}
  [[nodiscard]] Result<void> sweep_bases() const;
  [[nodiscard]] Result<void> unmount_leftover(const std::string& entry) const;
  [[nodiscard]] Result<bool> may_free(const std::string& entry) const;
  [[nodiscard]] Result<void> wait_for_lock(int fd, const std::string& what,
                                           const std::string& whom) const;

  const Environment* environment_;
  UniqueFd fd_;
  std::string path_;
};

/// The words as "a, b and c".
[[nodiscard]] std::string enumeration(const std::vector<std::string>& words);

}  // namespace libjail::roots
