// SPDX-License-Identifier: BSD-2-Clause
// Another user's ids, in two steps with the entry into a jail between them: that needs privilege,
// and after it the jail's ceiling may no longer have CAP_SETUID.
#pragma once

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/passwd.hpp"

namespace libjail {

/// Takes the ids and groups of @p user, but keeps the capabilities.
[[nodiscard]] Result<void> become_user(Kernel& kernel, const User& user);

/// The second step: gives the capabilities up, unless the user is root.
[[nodiscard]] Result<void> drop_capabilities(Kernel& kernel, const User& user);

}  // namespace libjail
