// SPDX-License-Identifier: BSD-2-Clause
// What the network of a jail is to be, from its configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/address.hpp"
#include "jail/conf/config.hpp"
#include "jail/error.hpp"

namespace libjail::network {

enum class Kind {
  kNone,   ///< nothing is added: no address, or one that the host has
  kAlias,  ///< an address is added to an interface of the host
  kVlan,   ///< an 802.1q interface for the jail alone, with the address
  kVeth,   ///< a network namespace, and a veth pair from it to a bridge of the host
  kMoved,  ///< a network namespace with interfaces that were the host's, or none
};

struct Plan {
  Kind kind = Kind::kNone;
  std::string jail{};
  std::optional<Alias> address{};  ///< the interface is the one that gets it
  std::optional<conf::Vlan> vlan{};
  std::string interface {};  ///< made on the host: the VLAN's, or the host's end of the veth pair
  std::vector<std::string> moved{};
  bool nat = false;  ///< only with a veth pair
  std::vector<conf::Redirect> redirects{};

  bool operator==(const Plan&) const = default;
};

/// @return an error where the parameters contradict each other
[[nodiscard]] Result<Plan> plan_network(const conf::JailConfig& jail);

/// "j-web": of the host's end of a veth pair. A name that would be too long is cut, and has a hash
/// of the whole name at its end.
[[nodiscard]] std::string host_end_name(const std::string& jail);

/// The first address of the network that the address is in, which is for the bridge.
/// @return an error where the network has none to spare
[[nodiscard]] Result<Alias> gateway_of(const Alias& address, const std::string& bridge);

/// Whether both are in the network that @p address and its prefix tell.
[[nodiscard]] bool in_same_network(const Alias& address, std::uint32_t other);

}  // namespace libjail::network
