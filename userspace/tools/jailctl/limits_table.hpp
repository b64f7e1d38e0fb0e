// SPDX-License-Identifier: BSD-2-Clause
// What a jail uses, beside its limits.
#pragma once

#include "limits/control_group.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {

/// A row for each resource: what is used, the most that was, and the limit.
/// @param exact  bytes, microseconds and percent as they are, for programs
[[nodiscard]] Table limits_table(const libjail::limits::Usage& usage, bool exact);

}  // namespace jailctl
