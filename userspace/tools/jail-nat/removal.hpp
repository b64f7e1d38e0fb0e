// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"

namespace jail_nat {

/// The commands that take what belongs to one jail out of the table, and the table with the last.
/// @param table  as nft(8) lists it, in JSON; empty where it is not there
[[nodiscard]] libjail::Result<std::vector<std::string>> removal(const std::string& table,
                                                                const std::string& jail);

}  // namespace jail_nat
