// SPDX-License-Identifier: BSD-2-Clause
// A sample as text in the OpenMetrics format, of the kinds that the older text format of Prometheus
// has, too: so it can be read as either.
#pragma once

#include <string>

#include "monitor/usage.hpp"

namespace monitor {

/// What is not known is left out. Jails are told apart by their names, which stay when a jail is
/// restarted; of a dying one only that there is one.
/// @param boot  nanoseconds of the clock (since 1970) when that of the sample was 0
[[nodiscard]] std::string to_metrics(const Sample& sample, std::int64_t boot);

}  // namespace monitor
