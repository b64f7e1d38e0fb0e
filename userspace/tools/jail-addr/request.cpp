// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-addr/request.hpp"

#include <cerrno>
#include <string>

namespace jail_addr {

libjail::Result<Request> parse_request(std::span<const std::string_view> arguments) {
  if (arguments.size() != 3 || (arguments[0] != "add" && arguments[0] != "del")) {
    return libjail::fail(0, "usage: jail-addr add|del interface address/prefix");
  }
  const auto address =
      libjail::parse_address(std::string(arguments[1]) + "|" + std::string(arguments[2]));
  if (!address) return std::unexpected(address.error());
  return Request{.verb = arguments[0] == "add" ? Verb::kAdd : Verb::kDelete, .address = **address};
}

}  // namespace jail_addr
