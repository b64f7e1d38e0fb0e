// SPDX-License-Identifier: BSD-2-Clause
// Changes of a jail that runs.
#pragma once

#include "jail/conf/resolve.hpp"
#include "jail/error.hpp"
#include "lifecycle/host.hpp"

namespace libjail::lifecycle {

/// Sets the limits; any other parameter that differs from what the jail was started with is an
/// error, and then nothing is changed.
/// @param wanted  with the name of the jail
/// @param whole  a parameter that is not in it is taken away; otherwise it stays
/// @return ENOENT where there is no such jail
[[nodiscard]] Result<void> modify(const Host& host, const conf::JailSettings& wanted, bool whole);

/// Whether a jail of ours runs that has to be started anew for it.
[[nodiscard]] bool needs_restart(const Host& host, const conf::JailSettings& wanted, bool whole);

}  // namespace libjail::lifecycle
