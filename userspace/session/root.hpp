// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace session {

/// A jail's root directory, with the mounts that only the jail sees: a process goes in, and passes
/// the directory out. What is looked up below it must be looked up with RESOLVE_IN_ROOT.
/// @param jail  a descriptor with a number from session::kFirstFree on
/// @param name  what the caller calls the jail, for messages
[[nodiscard]] libjail::Result<libjail::UniqueFd> root_of(libjail::Kernel& kernel, int jail,
                                                         const std::string& name);

}  // namespace session
