// SPDX-License-Identifier: BSD-2-Clause
// The commands of ip(8) and nft(8) that would give a jail its network: for messages, and for who
// wants to see them before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "network/interface_lease.hpp"
#include "network/plan.hpp"

namespace libjail::network {

/// What of a plan depends on what the host has already.
struct Additions {
  bool address = false;            ///< the alias is not there
  bool bridge = false;             ///< it is made, or was by us
  std::optional<Alias> gateway{};  ///< the address of the bridge in the jail's network
};

/// @return an error where the network has no address for the bridge
[[nodiscard]] Result<Additions> find_additions(Kernel& kernel, const NetworkConfig& config,
                                               const Plan& plan);

[[nodiscard]] std::vector<std::string> up_commands(const Plan& plan, const Additions& additions,
                                                   const std::string& bridge);

/// Those of them by which an interface is made or moved.
[[nodiscard]] std::string vlan_command(const Plan& plan);
[[nodiscard]] std::string veth_command(const Plan& plan, const std::string& bridge);
[[nodiscard]] std::string bridge_command(const std::string& bridge);
[[nodiscard]] std::string move_command(const Plan& plan, const std::string& interface);

/// Those for a jail that is to be started, with nothing changed.
[[nodiscard]] Result<std::vector<std::string>> preview(Kernel& kernel, const NetworkConfig& config,
                                                       const conf::JailConfig& jail);

}  // namespace libjail::network
