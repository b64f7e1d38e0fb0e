// SPDX-License-Identifier: BSD-2-Clause
// From the command line's meaning to an exit status.
#pragma once

#include "jail/kernel.hpp"
#include "tools/jexec/options.hpp"

namespace jexec_tool {

/// Replaces the process by the command where no terminal has to be relayed, otherwise waits for it.
/// @param listing  where names of jails are looked up
/// @return the exit status
[[nodiscard]] int run(libjail::Kernel& kernel, const Invocation& invocation,
                      const char* listing = "/proc/jails");

}  // namespace jexec_tool
