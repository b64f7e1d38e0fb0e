// SPDX-License-Identifier: BSD-2-Clause
// Values of limits and of networks as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"

namespace libjail::conf {

/// "4096", "64K", "512M", "2g", "1T": bytes, 1 and more; the letters are powers of 1024.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// "150%": percent of one CPU, 1 to 1000000.
[[nodiscard]] Result<int> parse_percent(std::string_view text);

/// "DEVICE KEY=VALUE…" with the keys of cgroup v2's io.max: rbps, wbps, riops, wiops.
[[nodiscard]] Result<IoLimit> parse_io_limit(std::string_view text);

/// "eth0.12"
[[nodiscard]] Result<Vlan> parse_vlan(std::string_view text);

/// "tcp 203.0.113.5:8080 80": a port of an address of the host, and one of the jail.
[[nodiscard]] Result<Redirect> parse_redirect(std::string_view text);

/// An item of ip4.addr as parse_address() takes it: with the default interface where it has none,
/// and 255.255.255.0 as 24.
[[nodiscard]] Result<std::string> complete_address(std::string_view item,
                                                   std::string_view default_interface);

/// An item of ip6.addr: is it one?
[[nodiscard]] Result<void> check_ip6(std::string_view item);

}  // namespace libjail::conf
