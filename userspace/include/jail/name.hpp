// SPDX-License-Identifier: BSD-2-Clause
// Names of jails.
#pragma once

#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace libjail {

/// A jail's name: 1 to 63 of letters, digits, '_', '-', '.', and not only digits.
[[nodiscard]] Result<std::string> parse_name(std::string_view text);

}  // namespace libjail
