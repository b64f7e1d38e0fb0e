// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/clock.hpp"

#include <ctime>

namespace monitor {
namespace {

std::int64_t nanoseconds_of(clockid_t clock) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::timespec now{};
  static_cast<void>(::clock_gettime(clock, &now));
  return now.tv_sec * kSecond + now.tv_nsec;
}

}  // namespace

std::uint64_t time_since_boot() {
  return static_cast<std::uint64_t>(nanoseconds_of(CLOCK_BOOTTIME));
}

std::int64_t boot_time() { return nanoseconds_of(CLOCK_REALTIME) - nanoseconds_of(CLOCK_BOOTTIME); }

}  // namespace monitor
