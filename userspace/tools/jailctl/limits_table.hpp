// SPDX-License-Identifier: BSD-2-Clause
// What a jail uses, beside its limits.
#pragma once

#include <optional>

#include "jail/roots/mount.hpp"
#include "limits/control_group.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {

/// A row for each resource: what is used, the most that was, and the limit.
/// @param exact  bytes, microseconds and percent as they are, for programs
/// @param space  of a root directory with a limit
[[nodiscard]] Table limits_table(const libjail::limits::Usage& usage,
                                 const std::optional<libjail::roots::Space>& space, bool exact);

}  // namespace jailctl
