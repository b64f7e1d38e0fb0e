// SPDX-License-Identifier: BSD-2-Clause
// Network address translation for a jail: the commands of nft(8), in a table that is ours alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"

namespace libjail::network {

/// The table of all jails. Its sets have what belongs to one, with the jail's name as a comment.
inline constexpr const char* kTable = "inet jail";
inline constexpr const char* kAddresses = "masqueraded";
inline constexpr const char* kPorts = "ports";

struct Translation {
  std::string jail;
  std::uint32_t address = 0;  ///< of the jail, host byte order
  std::string bridge;         ///< that the jail is on: what stays on it is not translated
  std::vector<conf::Redirect> redirects{};
};

/// What makes the table, whether it is there or not, and adds the jail to it. To be carried out as
/// one transaction. It fails where an address or a port is taken.
[[nodiscard]] std::vector<std::string> addition(const Translation& translation);

/// "tcp 203.0.113.5:8080 80", as in jail.conf(5).
[[nodiscard]] std::string format_redirect(const conf::Redirect& redirect);

}  // namespace libjail::network
