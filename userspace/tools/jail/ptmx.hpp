// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "jail/spec.hpp"

namespace jail_tool {

/// Whether a jail made to @p spec will be able to open a pseudo-terminal of its own.
[[nodiscard]] bool jail_has_ptmx(const libjail::JailSpec& spec);

}  // namespace jail_tool
