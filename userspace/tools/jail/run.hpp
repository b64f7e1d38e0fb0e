// SPDX-License-Identifier: BSD-2-Clause
// From the command line's meaning to an exit status.
#pragma once

#include "jail/alias.hpp"
#include "jail/kernel.hpp"
#include "tools/jail/options.hpp"

namespace jail_tool {

/// Where jail(8) keeps its state and has its helper.
[[nodiscard]] libjail::AliasConfig installed_aliases();

/// Replaces the process by the command where nothing is to be done after it, otherwise waits for
/// it.
/// @return the exit status
[[nodiscard]] int run(libjail::Kernel& kernel, const Invocation& invocation,
                      const libjail::AliasConfig& aliases);

}  // namespace jail_tool
