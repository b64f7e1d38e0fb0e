// SPDX-License-Identifier: BSD-2-Clause
// What stands in the files of a control group, as Documentation/admin-guide/cgroup-v2.rst of the
// kernel has it, and what it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"

namespace libjail::limits {

inline constexpr const char* kIoMax = "io.max";
/// After a device in io.max.
inline constexpr const char* kNoIoLimit = " rbps=max wbps=max riops=max wiops=max";

/// A limit as the kernel takes it.
struct Setting {
  const char* controller;  ///< "memory"
  const char* file;        ///< "memory.max"
  const char* option;      ///< of the kernel's configuration, without which the file is not there
  std::string text;

  bool operator==(const Setting&) const = default;
};

/// Limits to take away.
struct Lifted {
  bool memory = false;
  bool cpu = false;
  bool pids = false;
  std::vector<std::string> io{};  ///< devices: "8:0" or "/dev/sda"
};

/// What a group has read from and written to a device.
struct IoUsage {
  std::string device{};  ///< "8:0"
  std::uint64_t rbytes{};
  std::uint64_t wbytes{};
  std::uint64_t rios{};  ///< operations
  std::uint64_t wios{};

  bool operator==(const IoUsage&) const = default;
};

/// @return an error where a device of limit.io is none
[[nodiscard]] Result<std::vector<Setting>> settings_of(const conf::Limits& limits,
                                                       const Lifted& lifted = {});

/// "8:0" of "8:0" or of a block device's path.
[[nodiscard]] Result<std::string> device_number(const std::string& device);

/// memory.max, pids.max: nothing for "max".
[[nodiscard]] std::optional<std::uint64_t> parse_max(std::string_view text);
/// cpu.max, "QUOTA PERIOD": percent of a CPU, 1 at least; nothing for "max PERIOD".
[[nodiscard]] std::optional<int> parse_cpu_max(std::string_view text);
[[nodiscard]] std::vector<conf::IoLimit> parse_io_max(std::string_view text);
[[nodiscard]] std::vector<IoUsage> parse_io_stat(std::string_view text);
/// The number after @p key in a file with a key and a number a line, such as cpu.stat.
[[nodiscard]] std::optional<std::uint64_t> parse_keyed(std::string_view text, std::string_view key);

}  // namespace libjail::limits
