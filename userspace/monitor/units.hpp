// SPDX-License-Identifier: BSD-2-Clause
// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace monitor {

/// In powers of 1024, with a digit after the point where there is something: "12.3M".
[[nodiscard]] std::string size_text(std::uint64_t value);

/// With a digit after the point below 100: "0.5", "17.2", "4711".
[[nodiscard]] std::string rate_text(double value);

/// "00:12:34", and from a day on "3d04h".
[[nodiscard]] std::string duration_text(std::uint64_t seconds);

}  // namespace monitor
