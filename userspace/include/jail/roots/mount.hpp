// SPDX-License-Identifier: BSD-2-Clause
// The mounts that root directories need, which a reboot takes away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"

namespace libjail::roots {

/// Mounts what the root directory of the jail @p name needs, if it is not mounted already.
/// @return whether there was something to mount
[[nodiscard]] Result<bool> mount(const Environment& environment, const std::string& name);

/// Takes it away again.
/// @return whether there was something mounted
[[nodiscard]] Result<bool> unmount(const Environment& environment, const std::string& name);

struct Space {
  std::uint64_t used = 0;  ///< bytes
  std::uint64_t size = 0;  ///< bytes, of which the file system itself needs some
};

/// How full a root directory of a limited size is.
/// @return nothing for one without a limit, or which is not mounted or not in the store
[[nodiscard]] Result<std::optional<Space>> space(const Environment& environment,
                                                 const std::string& name);

/// The names of all jails whose root directories are in the store, sorted.
[[nodiscard]] Result<std::vector<std::string>> list(const Environment& environment);

/// The command of a shell that does what mount() or unmount() would do now, or none.
[[nodiscard]] Result<std::vector<std::string>> mount_commands(const Environment& environment,
                                                              const std::string& name);
[[nodiscard]] Result<std::vector<std::string>> unmount_commands(const Environment& environment,
                                                                const std::string& name);

}  // namespace libjail::roots
