// SPDX-License-Identifier: BSD-2-Clause
#include "network/inspection.hpp"

#include <algorithm>
#include <cerrno>

#include "jail/alias.hpp"
#include "jail/listing.hpp"

namespace libjail::network {

Result<Inspection> inspect(Kernel& kernel, const NetworkConfig& config, const std::string& name) {
  const auto jails = list_jails(kernel, config.listing.c_str());
  if (!jails) return std::unexpected(jails.error());
  const auto jail = std::ranges::find_if(*jails, [&name](const ListedJail& one) {
    return one.name == name || std::to_string(one.jid) == name;
  });
  if (jail == jails->end()) {
    return fail(ESRCH, "jail \"" + name + "\"", "jls(8) lists those that run");
  }
  Inspection found{.jail = jail->name, .address = jail->address};
  const auto parsed = parse_address(jail->address);  // nothing where it is empty
  if (const auto address = parsed ? *parsed : std::nullopt; address) {
    auto added = find_alias({.state_dir = config.state_dir}, address->ip);
    if (!added) return std::unexpected(added.error());
    found.added = *std::move(added);
  }
  auto interfaces = interfaces_of(config, jail->name);
  if (!interfaces) return std::unexpected(interfaces.error());
  found.interfaces = *std::move(interfaces);
  std::ranges::sort(found.interfaces);
  return found;
}

}  // namespace libjail::network
