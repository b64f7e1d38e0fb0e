// SPDX-License-Identifier: BSD-2-Clause
// The command line of jail-addr: add|del INTERFACE ADDRESS/PREFIX.
#pragma once

#include <span>
#include <string_view>

#include "jail/address.hpp"
#include "jail/error.hpp"

namespace jail_addr {

enum class Verb { kAdd, kDelete };

struct Request {
  Verb verb{};
  libjail::Alias alias;
};

[[nodiscard]] libjail::Result<Request> parse_request(std::span<const std::string_view> arguments);

}  // namespace jail_addr
