// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-addr/request.hpp"

#include <cerrno>
#include <string>

namespace jail_addr {

libjail::Result<Request> parse_request(std::span<const std::string_view> arguments) {
  if (arguments.size() != 3 || (arguments[0] != "add" && arguments[0] != "del")) {
    return libjail::fail(0, "usage: jail-addr add|del interface address/prefix");
  }
  const auto operand =
      libjail::parse_address(std::string(arguments[1]) + "|" + std::string(arguments[2]));
  if (!operand) return std::unexpected(operand.error());
  const auto& address = *operand;
  if (!address || !address->alias) return libjail::fail(EINVAL, std::string(arguments[2]));
  return Request{.verb = arguments[0] == "add" ? Verb::kAdd : Verb::kDelete,
                 .alias = *address->alias};
}

}  // namespace jail_addr
