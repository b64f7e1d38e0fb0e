// SPDX-License-Identifier: BSD-2-Clause
// Which jails stop with others, and when.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/kernel.hpp"

namespace libjail::lifecycle {

/// The jails of @p names, and those that depend on them, as their records have them: each before
/// those that it depends on. One without a record has nothing but its name.
[[nodiscard]] std::vector<conf::JailConfig> stop_order(Kernel& kernel, const std::string& state_dir,
                                                       const std::set<std::string>& names);

}  // namespace libjail::lifecycle
