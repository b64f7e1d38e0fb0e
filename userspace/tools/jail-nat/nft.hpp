// SPDX-License-Identifier: BSD-2-Clause
// nft(8) as a library, in the network namespace that the process is in.
#pragma once

#include <string>

#include "jail/error.hpp"

namespace jail_nat {

/// Carries out commands, a line each: all of them or none.
[[nodiscard]] libjail::Result<void> transact(const std::string& commands);

/// The table of the jails as JSON; empty where it is not there.
[[nodiscard]] libjail::Result<std::string> list_table();

}  // namespace jail_nat
