// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/limits_table.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "monitor/units.hpp"

namespace jailctl {
namespace {

using libjail::conf::IoLimit;
using libjail::limits::IoUsage;
using libjail::limits::Usage;
using monitor::size_text;
using Number = std::optional<std::uint64_t>;

std::string count(std::uint64_t value) { return std::to_string(value); }

/// "1.234s"
std::string seconds(std::uint64_t microseconds) {
  constexpr std::uint64_t kMillisecond = 1000;
  constexpr std::uint64_t kSecond = 1000000;
  std::string fraction = count(microseconds % kSecond / kMillisecond);
  fraction.insert(0, 3 - fraction.size(), '0');
  return count(microseconds / kSecond) + "." + fraction + "s";
}

std::string percent(std::uint64_t value) { return count(value) + "%"; }

class Rows {
 public:
  using Format = std::string (*)(std::uint64_t);

  explicit Rows(bool exact) : exact_(exact) {}

  void add(const std::string& resource, Format format, Number use, Number peak, Format limit_format,
           Number limit) {
    rows_.push_back(
        {resource, shown(format, use), shown(format, peak), shown(limit_format, limit)});
  }

  std::vector<std::vector<std::string>> take() { return std::move(rows_); }

 private:
  [[nodiscard]] std::string shown(Format format, Number value) const {
    if (!value) return {};
    return exact_ ? count(*value) : format(*value);
  }

  bool exact_;
  std::vector<std::vector<std::string>> rows_;
};

/// What a device has done, and its limits: it is in one of the lists or in both.
struct Device {
  IoUsage usage;
  IoLimit limit;
};

std::vector<Device> devices(const Usage& usage) {
  std::vector<Device> all;
  all.reserve(usage.io.size() + usage.limits.io.size());
  for (const auto& one : usage.io) all.push_back({.usage = one, .limit = {}});
  for (const auto& limit : usage.limits.io) {
    auto found = std::ranges::find_if(
        all, [&limit](const Device& one) { return one.usage.device == limit.device; });
    if (found == all.end()) {
      found = all.insert(all.end(), {.usage = {.device = limit.device}, .limit = {}});
    }
    found->limit = limit;
  }
  return all;
}

Number widen(const std::optional<int>& value) {
  return value ? Number(static_cast<std::uint64_t>(*value)) : Number();
}

}  // namespace

Table limits_table(const Usage& usage, const std::optional<libjail::roots::Space>& space,
                   bool exact) {
  Rows rows(exact);
  rows.add("memory", size_text, usage.memory, usage.memory_peak, size_text, usage.limits.memory);
  rows.add("cpu", seconds, usage.cpu_usec, {}, percent, widen(usage.limits.cpu));
  rows.add("pids", count, usage.pids, {}, count, widen(usage.limits.pids));
  if (space) rows.add("disk", size_text, space->used, {}, size_text, space->size);
  for (const auto& [use, limit] : devices(usage)) {
    rows.add("io " + use.device + " read", size_text, use.rbytes, {}, size_text, limit.rbps);
    rows.add("io " + use.device + " written", size_text, use.wbytes, {}, size_text, limit.wbps);
    rows.add("io " + use.device + " reads", count, use.rios, {}, count, limit.riops);
    rows.add("io " + use.device + " writes", count, use.wios, {}, count, limit.wiops);
  }
  return {.columns = {{"RESOURCE"},
                      {.heading = "USE", .number = true},
                      {.heading = "PEAK", .number = true},
                      {.heading = "LIMIT", .number = true}},
          .rows = rows.take()};
}

}  // namespace jailctl
