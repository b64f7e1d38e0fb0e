// SPDX-License-Identifier: BSD-2-Clause
// Removes what create() made.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"

namespace libjail::roots {

enum class Destroyed {
  kAll,       ///< the root directory and all that belongs to it
  kLeftover,  ///< what a killed create() or destroy() left under that name
};

/// Refuses while the jail runs, and while anything but its own overlay is mounted below its folder.
/// The base goes with the last jail that is made from it.
/// @param force  records that cannot be read are no obstacle: neither its own, nor those of others,
///               which could be made from it
/// @return ENOENT where there is nothing under that name
[[nodiscard]] Result<Destroyed> destroy(const Environment& environment, const std::string& name,
                                        bool force = false);

/// The commands of a shell that do what destroy() would do now; changes nothing.
[[nodiscard]] Result<std::vector<std::string>> destroy_commands(const Environment& environment,
                                                                const std::string& name,
                                                                bool force = false);

}  // namespace libjail::roots
