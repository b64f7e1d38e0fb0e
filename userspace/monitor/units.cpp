// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/units.hpp"

#include <cmath>
#include <string_view>

namespace monitor {
namespace {

std::string two_digits(std::uint64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string size_text(std::uint64_t value) {
  constexpr std::string_view kUnits = "KMGTPE";
  constexpr std::uint64_t kUnit = 1024;
  constexpr std::uint64_t kTenths = 10;
  if (value < kUnit) return std::to_string(value);
  std::size_t unit = 0;
  std::uint64_t scale = kUnit;
  while (unit + 1 < kUnits.size() && value / scale >= kUnit) {
    scale *= kUnit;
    ++unit;
  }
  const std::uint64_t tenths = value % scale / (scale / kUnit) * kTenths / kUnit;
  return std::to_string(value / scale) + (tenths == 0 ? "" : "." + std::to_string(tenths)) +
         kUnits[unit];
}

std::string rate_text(double value) {
  constexpr std::int64_t kTenths = 10;
  constexpr std::int64_t kExact = 100 * kTenths;
  const auto tenths = static_cast<std::int64_t>(std::llround(value * kTenths));
  if (tenths >= kExact) return std::to_string(std::llround(value));
  return std::to_string(tenths / kTenths) + "." + std::to_string(tenths % kTenths);
}

std::string duration_text(std::uint64_t seconds) {
  constexpr std::uint64_t kMinute = 60;
  constexpr std::uint64_t kHour = 60 * kMinute;
  constexpr std::uint64_t kDay = 24 * kHour;
  if (seconds >= kDay) {
    return std::to_string(seconds / kDay) + "d" + two_digits(seconds % kDay / kHour) + "h";
  }
  return two_digits(seconds / kHour) + ":" + two_digits(seconds % kHour / kMinute) + ":" +
         two_digits(seconds % kMinute);
}

}  // namespace monitor
