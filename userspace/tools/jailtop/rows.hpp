// SPDX-License-Identifier: BSD-2-Clause
// What jails and processes did between two looks at them.
#pragma once

#include <optional>
#include <vector>

#include "monitor/processes.hpp"
#include "monitor/usage.hpp"
#include "tools/jailtop/table.hpp"

namespace jailtop {

/// CPU%, in both tables.
inline constexpr std::size_t kProcessorColumn = 4;

/// Rates are those since the sample @p before, which may be the same one: then there are none.
[[nodiscard]] Table jail_table(const monitor::Sample& before, const monitor::Sample& now);

/// The processes of a jail at a moment.
struct ProcessSample {
  std::uint64_t time{};  ///< nanoseconds of CLOCK_BOOTTIME
  std::vector<monitor::Process> processes{};
};

/// @param ticks  of the processor a second, sysconf(_SC_CLK_TCK)
[[nodiscard]] Table process_table(const ProcessSample& before, const ProcessSample& now,
                                  long ticks);

}  // namespace jailtop
