// SPDX-License-Identifier: BSD-2-Clause
// The way into a jail that is there: by its descriptor, which stays the same jail whatever its name
// or number means by then.
#pragma once

#include <optional>
#include <string>

#include "jail/apply.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/passwd.hpp"

namespace libjail {

/// @param jail     a name, or a jail ID in decimal
/// @param listing  where names are looked up
/// @return an error with the code 0 where there is no such jail, or it is dying
[[nodiscard]] Result<UniqueFd> open_jail(Kernel& kernel, const std::string& jail,
                                         const char* listing = "/proc/jails");

/// Enters a jail. The calling process has the rights of @p user then, where one is given.
/// @param name          what the caller calls the jail, for messages
/// @param first_closed  descriptors from this one on, but for @p jail, are closed before
/// @return the jail's descriptor, close-on-exec
[[nodiscard]] Result<UniqueFd> attach(Kernel& kernel, UniqueFd jail, const std::string& name,
                                      const std::optional<User>& user, unsigned int first_closed,
                                      const StepLog& log);

}  // namespace libjail
