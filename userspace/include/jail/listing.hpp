// SPDX-License-Identifier: BSD-2-Clause
// /proc/jails: the living jails, a line each below a header that names the columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

struct ListedJail {
  std::uint32_t jid{};
  std::uint32_t parent{};
  bool dying = false;
  std::uint32_t processes{};
  std::uint64_t ceiling{};
  std::string address;  ///< empty: none
  std::string name;
  std::string hostname;
  std::string path;

  bool operator==(const ListedJail&) const = default;
};

/// @param text  the whole file; columns are found by the header's names, unknown ones are ignored
[[nodiscard]] Result<std::vector<ListedJail>> parse_listing(std::string_view text);

/// Reads and parses @p path.
/// @return ENOENT where the kernel has no jails or the caller is in one
[[nodiscard]] Result<std::vector<ListedJail>> list_jails(Kernel& kernel,
                                                         const char* path = "/proc/jails");

}  // namespace libjail
