// SPDX-License-Identifier: BSD-2-Clause
// What an errno of jail(2) means for the jail that was asked for.
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/spec.hpp"

namespace libjail {

/// @param code  an errno of jail(2)
[[nodiscard]] Error explain_jail_error(int code, const JailSpec& spec);

/// @param code  an errno of jail_attach(2)
/// @param name  what the caller calls the jail
[[nodiscard]] Error explain_attach_error(int code, const std::string& name);

/// @param code  an errno of jail(NULL, 0, JAIL_GET_VERSION)
[[nodiscard]] Error explain_probe_error(int code);

}  // namespace libjail
