// SPDX-License-Identifier: BSD-2-Clause
// IPv4 addresses of interfaces, and the route by one of them.
#pragma once

#include "jail/address.hpp"
#include "jail/error.hpp"
#include "tools/jail-net/netlink.hpp"

namespace jail_net {

[[nodiscard]] Message address_message(bool add, unsigned int index, const libjail::Alias& alias);
[[nodiscard]] Message default_route_message(unsigned int index, std::uint32_t gateway);

/// @return an error with the kernel's own sentence, where it gives one; EEXIST where it is there
[[nodiscard]] libjail::Result<void> add_address(const libjail::Alias& alias);

/// Other addresses of the same network stay. It is no error that the address or the whole interface
/// is gone already.
[[nodiscard]] libjail::Result<void> delete_address(const libjail::Alias& alias);

[[nodiscard]] libjail::Result<void> add_default_route(const std::string& interface,
                                                      std::uint32_t gateway);

}  // namespace jail_net
