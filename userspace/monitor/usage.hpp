// SPDX-License-Identifier: BSD-2-Clause
// What each jail uses at a moment: /proc/jails, control groups, and the kernel's counts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jail/kernel.hpp"
#include "jail/listing.hpp"
#include "limits/control_group.hpp"
#include "monitor/counters.hpp"

namespace monitor {

struct JailUsage {
  libjail::ListedJail listed;
  std::optional<std::uint64_t> start{};           ///< nanoseconds of CLOCK_BOOTTIME
  std::optional<libjail::limits::Usage> usage{};  ///< absent without a control group
  std::optional<Counts> counts{};                 ///< absent where the kernel does not count
};

struct Sample {
  std::uint64_t time{};  ///< nanoseconds of CLOCK_BOOTTIME
  std::vector<JailUsage> jails{};
};

/// Where a sample is taken from.
struct Sources {
  std::string proc = "/proc";
  std::string cgroup = libjail::limits::kCgroupRoot;
  /// The counts of each jail by its jail ID; nothing where the kernel does not count.
  std::function<std::optional<std::map<std::uint32_t, Counts>>()> counts = [] {
    return std::nullopt;
  };
};

/// /proc/jails.
/// @return where there is none, an error that tells why: a kernel without jails, or a caller in one
[[nodiscard]] libjail::Result<std::vector<libjail::ListedJail>> list_jails(libjail::Kernel& kernel,
                                                                           const std::string& proc);

/// The jails below that of the caller, in the order of their IDs. Of one that ends meanwhile less
/// is told.
[[nodiscard]] libjail::Result<Sample> take_sample(libjail::Kernel& kernel, const Sources& sources);

}  // namespace monitor
