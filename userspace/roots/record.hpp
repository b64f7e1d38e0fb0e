// SPDX-License-Identifier: BSD-2-Clause
// What a root directory was made from: STORE/NAME/record.json, which no jail can reach.
#pragma once

#include <cstdint>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/roots/create.hpp"

namespace libjail::roots {

inline constexpr const char* kRecordFile = "record.json";

struct Record {
  std::string source;  ///< as the user gave it
  Sharing sharing = Sharing::kThin;
  std::string base;        ///< its name below STORE/.base, or empty
  std::string lower;       ///< of a thin one: the absolute path of the lower layer
  std::uint64_t size = 0;  ///< of its image, in bytes; 0: it has none

  bool operator==(const Record&) const = default;
};

[[nodiscard]] std::string print_record(const Record& record);
[[nodiscard]] Result<Record> parse_record(const std::string& text);

/// @param folder  STORE/NAME
[[nodiscard]] Result<Record> read_record(Kernel& kernel, int folder, const std::string& name);
[[nodiscard]] Result<void> write_record(int folder, const Record& record);

}  // namespace libjail::roots
