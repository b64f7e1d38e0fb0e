// SPDX-License-Identifier: BSD-2-Clause
// The mounts of a root directory, for whoever holds the store's lock.
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "roots/overlay.hpp"
#include "roots/record.hpp"
#include "roots/store.hpp"

namespace libjail::roots {

[[nodiscard]] Result<void> mount_root(Kernel& kernel, const Store& store, const std::string& name,
                                      const Record& record);
[[nodiscard]] Result<void> unmount_root(Kernel& kernel, const Store& store,
                                        const std::string& name);
[[nodiscard]] Overlay overlay_of(const Store& store, const std::string& name, const Record& record);

/// Whether NAME/root is a mount point.
/// @return EBUSY where anything else is mounted there or below
[[nodiscard]] Result<bool> is_mounted(const Store& store, const std::string& name);

/// @return EBUSY where the jail runs
[[nodiscard]] Result<void> refuse_running(const Store& store, const std::string& name);

}  // namespace libjail::roots
