// SPDX-License-Identifier: BSD-2-Clause
// The mounts of a root directory, for whoever holds the store's lock.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "roots/record.hpp"
#include "roots/store.hpp"

namespace libjail::roots {

/// Which of them are there.
struct Mounted {
  bool root = false;  ///< NAME/root
  bool data = false;  ///< NAME/data

  [[nodiscard]] bool any() const { return root || data; }
};

/// Whether there is something to be mounted for such a root directory.
[[nodiscard]] bool has_mounts(const Record& record);
/// Of a thin one with a size, where its layer is.
[[nodiscard]] bool has_data(const Record& record);

/// Mounts what is not there yet: all or nothing.
[[nodiscard]] Result<void> mount_root(const Store& store, const std::string& name,
                                      const Record& record, const Mounted& now);
[[nodiscard]] Result<void> unmount_root(const Store& store, const std::string& name,
                                        const Mounted& now);
/// The commands of a shell that do the same.
[[nodiscard]] std::vector<std::string> mount_root_commands(const Store& store,
                                                           const std::string& name,
                                                           const Record& record,
                                                           const Mounted& now);
[[nodiscard]] std::vector<std::string> unmount_root_commands(const Store& store,
                                                             const std::string& name,
                                                             const Mounted& now);

/// @return EBUSY where anything else is mounted there or below
[[nodiscard]] Result<Mounted> find_mounted(const Store& store, const std::string& name);

/// @return EBUSY where the jail runs
[[nodiscard]] Result<void> refuse_running(const Store& store, const std::string& name);

}  // namespace libjail::roots
