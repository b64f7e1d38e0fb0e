// SPDX-License-Identifier: BSD-2-Clause
// The address operand of jail(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace libjail {

/// An address that jail(8) adds to an interface for the life of the jail.
struct Alias {
  std::uint32_t ip{};  ///< IPv4, host byte order
  std::string interface;
  int prefix = 32;  ///< 0 to 32

  bool operator==(const Alias&) const = default;
};

struct Address {
  std::uint32_t ip{};          ///< IPv4, host byte order
  std::optional<Alias> alias;  ///< of the same address, where it is to be added

  bool operator==(const Address&) const = default;
};

/// @param text  "none", "10.2.3.4", "eth0|10.2.3.4/24" (prefix 32 if left out); a list with commas
///              is understood, and refused, as the kernel takes one address.
/// @return nothing for "none".
[[nodiscard]] Result<std::optional<Address>> parse_address(std::string_view text);

[[nodiscard]] std::string format_ip(std::uint32_t ip);

/// "10.2.3.4/24"
[[nodiscard]] std::string format_prefixed(const Alias& alias);

/// "ip address VERB 10.2.3.4/24 dev eth0": what an administrator would type.
[[nodiscard]] std::string ip_command(std::string_view verb, const Alias& alias);

}  // namespace libjail
