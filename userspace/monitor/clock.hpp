// SPDX-License-Identifier: BSD-2-Clause
// The clock by which the kernel tells when something happened to a jail, CLOCK_BOOTTIME.
#pragma once

#include <cstdint>

namespace monitor {

/// Nanoseconds of it.
[[nodiscard]] std::uint64_t time_since_boot();

/// Nanoseconds since 1970 when it was 0.
[[nodiscard]] std::int64_t boot_time();

}  // namespace monitor
