// SPDX-License-Identifier: BSD-2-Clause
#include "network/commands.hpp"

#include <algorithm>
#include <utility>

#include "jail/alias.hpp"
#include "network/translation.hpp"

namespace libjail::network {
namespace {

std::string set_up(const std::string& interface) { return "ip link set " + interface + " up"; }

void add_namespace(const Plan& plan, const Additions& additions, const std::string& bridge,
                   std::vector<std::string>& commands) {
  commands.push_back("ip netns add " + plan.jail);
  if (plan.kind == Kind::kVeth) {
    if (additions.bridge && additions.gateway) {
      commands.push_back(bridge_command(bridge));
      commands.push_back(ip_command("add", *additions.gateway));
    }
    commands.push_back(veth_command(plan, bridge));
    commands.push_back(set_up(plan.interface));
  }
  for (const auto& name : plan.moved) commands.push_back(move_command(plan, name));
  const std::string ip = "ip -n " + plan.jail;
  commands.push_back(ip + " link set lo up");
  if (const auto& address = plan.address; address) {
    commands.push_back(ip + " address add " + format_prefixed(*address) + " dev " +
                       address->interface);
    commands.push_back(ip + " link set " + address->interface + " up");
    if (additions.gateway) {
      commands.push_back(ip + " route add default via " + format_ip(additions.gateway->ip));
    }
    if (!plan.nat) return;
    for (const auto& command : addition({.jail = plan.jail,
                               .address = address->ip,
                               .bridge = bridge,
                               .redirects = plan.redirects})) {
      commands.push_back("nft '" + command + "'");
    }
  }
}

}  // namespace

std::string vlan_command(const Plan& plan) {
  const auto vlan = plan.vlan.value_or(conf::Vlan());
  return "ip link add link " + vlan.interface + " name " + plan.interface + " type vlan id " +
         std::to_string(vlan.id);
}

std::string veth_command(const Plan& plan, const std::string& bridge) {
  return "ip link add " + plan.interface + " master " + bridge + " type veth peer name " +
         (plan.address ? plan.address->interface : "") + " netns " + plan.jail;
}

std::string bridge_command(const std::string& bridge) {
  return "ip link add " + bridge + " type bridge";
}

std::string move_command(const Plan& plan, const std::string& interface) {
  return "ip link set " + interface + " netns " + plan.jail;
}

Result<Additions> find_additions(Kernel& kernel, const NetworkConfig& config, const Plan& plan) {
  Additions additions;
  if (!plan.address || plan.kind == Kind::kMoved) return additions;
  const Alias& jail = *plan.address;
  const auto all = kernel.interface_addresses();
  if (!all) return fail(all.error(), "list the addresses of the interfaces");
  additions.address = std::ranges::find(*all, jail.ip, &InterfaceAddress::address) == all->end();
  if (plan.kind != Kind::kVeth) return additions;
  const auto present = std::ranges::find_if(*all, [&](const InterfaceAddress& one) {
    return one.interface == config.bridge && one.address != jail.ip &&
           in_same_network(jail, one.address);
  });
  if (present != all->end()) {
    additions.gateway =
        Alias{.ip = present->address, .interface = config.bridge, .prefix = jail.prefix};
  }
  // One of the administrator's stays as it is, and is the gateway where it has an address for that.
  additions.bridge = !config.has_interface(config.bridge) || is_made_by_us(config, config.bridge);
  if (additions.bridge && !additions.gateway) {
    auto first = gateway_of(jail, config.bridge);
    if (!first) return std::unexpected(first.error());
    additions.gateway = *std::move(first);
  }
  return additions;
}

std::vector<std::string> up_commands(const Plan& plan, const Additions& additions,
                                     const std::string& bridge) {
  std::vector<std::string> commands;
  switch (plan.kind) {
    case Kind::kNone:
      return commands;
    case Kind::kVlan:
      commands.push_back(vlan_command(plan));
      commands.push_back(set_up(plan.interface));
      [[fallthrough]];
    case Kind::kAlias:
      if (plan.address && additions.address) commands.push_back(ip_command("add", *plan.address));
      return commands;
    case Kind::kVeth:
    case Kind::kMoved:
      add_namespace(plan, additions, bridge, commands);
      return commands;
  }
  return commands;
}

Result<std::vector<std::string>> preview(Kernel& kernel, const NetworkConfig& config,
                                         const conf::JailConfig& jail) {
  const auto plan = plan_network(jail);
  if (!plan) return std::unexpected(plan.error());
  const auto additions = find_additions(kernel, config, *plan);
  if (!additions) return std::unexpected(additions.error());
  return up_commands(*plan, *additions, config.bridge);
}

}  // namespace libjail::network
