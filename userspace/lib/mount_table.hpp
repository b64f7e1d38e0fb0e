// SPDX-License-Identifier: BSD-2-Clause
// The mounts of a process (proc_pid_mountinfo(5)).
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

struct MountEntry {
  dev_t device{};       ///< of the file system
  std::string root;     ///< which part of it: a path in it
  std::string point;    ///< where it is mounted
  std::string options;  ///< of the mount, with commas between them
  std::string type;     ///< "ext4"
  std::string super;    ///< options of the file system

  bool operator==(const MountEntry&) const = default;
  /// Whether @p option is one of the mount's.
  [[nodiscard]] bool has(std::string_view option) const;
  [[nodiscard]] bool read_only() const;
};

/// In the order of the text: what was mounted later on the same place comes later.
[[nodiscard]] std::vector<MountEntry> parse_mount_table(std::string_view text);
[[nodiscard]] Result<std::vector<MountEntry>> read_mount_table(Kernel& kernel,
                                                               const std::string& file);

/// Whether the path @p inner is @p outer or below it.
[[nodiscard]] bool is_within(std::string_view inner, std::string_view outer);

}  // namespace libjail
