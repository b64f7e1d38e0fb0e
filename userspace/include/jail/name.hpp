// SPDX-License-Identifier: BSD-2-Clause
// Names of jails.
#pragma once

#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace libjail {

/// A jail's name: 1 to 63 of letters, digits, '_', '-', '.', not only digits, neither "." nor "..",
/// and nothing that begins as a file of a control group does, such as "memory.max".
[[nodiscard]] Result<std::string> parse_name(std::string_view text);

}  // namespace libjail
