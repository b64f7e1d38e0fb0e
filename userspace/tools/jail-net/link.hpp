// SPDX-License-Identifier: BSD-2-Clause
// Interfaces: made, brought up, moved between network namespaces, removed.
#pragma once

#include <string>

#include "jail/address.hpp"
#include "jail/error.hpp"
#include "tools/jail-net/netlink.hpp"

namespace jail_net {

/// New interfaces are up.
[[nodiscard]] Message vlan_message(const std::string& name, unsigned int parent, int id);
[[nodiscard]] Message bridge_message(const std::string& name);
/// @param bridge  the index of the one that @p name becomes a port of
/// @param inside  the other end's name in the namespace @p net, a descriptor
[[nodiscard]] Message veth_message(const std::string& name, unsigned int bridge,
                                   const std::string& inside, int net);
[[nodiscard]] Message up_message(unsigned int index);
[[nodiscard]] Message move_message(unsigned int index, int net);
[[nodiscard]] Message deletion_message(const std::string& name);

/// Makes PARENT.ID.
[[nodiscard]] libjail::Result<void> add_vlan(const std::string& parent, int id);

/// Makes the bridge and adds the address, each if it is not there, and brings the bridge up.
[[nodiscard]] libjail::Result<void> add_bridge(const libjail::Alias& address);

[[nodiscard]] libjail::Result<void> add_veth(const std::string& name, const std::string& bridge,
                                             const std::string& inside, int net);

[[nodiscard]] libjail::Result<void> bring_up(const std::string& name);

/// From the network namespace that the process is in to another.
[[nodiscard]] libjail::Result<void> move_link(const std::string& name, int net);

/// Removes the bridge unless it has ports. It is no error that it is gone already.
[[nodiscard]] libjail::Result<void> delete_bridge(const std::string& name);

/// It is no error that it is gone already.
[[nodiscard]] libjail::Result<void> delete_link(const std::string& name);

}  // namespace jail_net
