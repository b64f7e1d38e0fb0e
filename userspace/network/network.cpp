// SPDX-License-Identifier: BSD-2-Clause
#include "network/network.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "network/commands.hpp"
#include "network/translation.hpp"

namespace libjail::network {
namespace {

AliasConfig alias_config(const NetworkConfig& config) {
  return {.state_dir = config.state_dir, .helper = config.helper, .listing = config.listing};
}

std::string deletion(const std::string& interface) { return "ip link del " + interface; }

/// The host routes for the jail. Whether it is a router is the administrator's decision, as that
/// holds for all of its interfaces.
Result<void> check_forwarding(const NetworkConfig& config) {
  const UniqueFd file(::open(config.forwarding.c_str(), O_RDONLY | O_CLOEXEC));
  char value = '0';
  if (!file || ::read(file.get(), &value, 1) < 0) return fail(errno, config.forwarding);
  if (value == '0') {
    return fail(0, "vnet.nat: the host does not forward packets",
                "sysctl -w net.ipv4.ip_forward=1");
  }
  return {};
}

}  // namespace

Result<Network> Network::up(Kernel& kernel, const NetworkConfig& config,
                            const conf::JailConfig& jail) {
  auto plan = plan_network(jail);
  if (!plan) return std::unexpected(plan.error());
  Network network(*std::move(plan));
  const auto& address = network.plan_.address;
  const auto& vlan = network.plan_.vlan;
  Result<void> done;
  switch (network.plan_.kind) {
    case Kind::kNone:
      break;
    case Kind::kAlias:
      if (address) done = network.add_alias(kernel, config, *address);
      break;
    case Kind::kVlan:
      if (vlan) done = network.add_vlan(kernel, config, *vlan);
      if (done && address) done = network.add_alias(kernel, config, *address);
      break;
    case Kind::kVeth:
    case Kind::kMoved:
      done = network.add_namespace(kernel, config);
      break;
  }
  if (done) {
    network.steps_ = up_commands(network.plan_, network.additions_, config.bridge);
    return network;
  }
  static_cast<void>(network.release(kernel, config));  // what was added before the failure
  return std::unexpected(done.error());
}

Result<void> Network::add_alias(Kernel& kernel, const NetworkConfig& config, const Alias& address) {
  auto lease = AliasLease::acquire(kernel, alias_config(config), address);
  if (!lease) return std::unexpected(lease.error());
  alias_ = *std::move(lease);
  additions_.address = alias_.has_value();
  return {};
}

Result<void> Network::add_vlan(Kernel& kernel, const NetworkConfig& config,
                               const conf::Vlan& vlan) {
  const std::string id = std::to_string(vlan.id);
  auto lease =
      InterfaceLease::acquire(kernel, config, plan_.interface, plan_.jail,
                              {"vlan", "add", vlan.interface, id}, vlan_command(plan_), {}, false);
  if (!lease) return std::unexpected(lease.error());
  interface_ = *std::move(lease);
  return {};
}

Result<void> Network::add_namespace(Kernel& kernel, const NetworkConfig& config) {
  auto made = kernel.make_net_namespace();
  if (!made) return fail(made.error(), "make a network namespace");
  namespace_ = *std::move(made);
  const auto& address = plan_.address;
  if (plan_.kind == Kind::kVeth && address) {
    return add_veth(kernel, config, namespace_path(), *address);
  }
  return move_interfaces(kernel, config, namespace_path());
}

Result<void> Network::add_veth(Kernel& kernel, const NetworkConfig& config, const std::string& path,
                               const Alias& address) {
  const std::string& name = plan_.interface;
  if (plan_.nat) {
    if (auto forwards = check_forwarding(config); !forwards) return forwards;
  }
  auto additions = find_additions(kernel, config, plan_);
  if (!additions) return std::unexpected(additions.error());
  additions_ = *std::move(additions);
  const auto& gateway = additions_.gateway;
  std::optional<Bridge> bridge;
  if (additions_.bridge && gateway) {
    bridge = Bridge{.name = config.bridge,
                    .add = {"bridge", "add", config.bridge, format_prefixed(*gateway)},
                    .command = bridge_command(config.bridge)};
  }
  auto lease =
      InterfaceLease::acquire(kernel, config, name, plan_.jail,
                              {"veth", "add", name, config.bridge, path, address.interface},
                              veth_command(plan_, config.bridge), bridge, plan_.nat);
  if (!lease) return std::unexpected(lease.error());
  interface_ = *std::move(lease);
  auto done = configure(kernel, config, path, gateway);
  if (done && plan_.nat) done = add_nat(kernel, config, address);
  return done;
}

Result<void> Network::add_nat(Kernel& kernel, const NetworkConfig& config, const Alias& address) {
  std::vector<std::string> arguments{"add", plan_.jail, format_ip(address.ip), config.bridge};
  for (const auto& redirect : plan_.redirects) arguments.push_back(format_redirect(redirect));
  return run_nat(kernel, config, std::move(arguments),
                 "translate the address of jail " + plan_.jail);
}

Result<void> Network::move_interfaces(Kernel& kernel, const NetworkConfig& config,
                                      const std::string& path) {
  // Before the first is moved, as one that is no hardware ends with the namespace.
  for (const auto& name : plan_.moved) {
    if (!config.has_interface(name)) {
      return fail(ENODEV, "vnet.interface: " + name, "ip link lists them");
    }
  }
  for (const auto& name : plan_.moved) {
    auto done = run_helper(kernel, config, {"link", "move", name, path}, move_command(plan_, name));
    if (!done) return done;
    moved_.push_back(name);
  }
  return configure(kernel, config, path, {});
}

Result<void> Network::configure(Kernel& kernel, const NetworkConfig& config,
                                const std::string& path, const std::optional<Alias>& gateway) {
  std::vector<std::string> arguments{"namespace", "configure", path};
  if (plan_.address) {
    arguments.insert(arguments.end(), {plan_.address->interface, format_prefixed(*plan_.address)});
  }
  if (gateway) arguments.push_back(format_ip(gateway->ip));
  return run_helper(kernel, config, std::move(arguments), "configure the network of the jail");
}

Result<void> Network::enter(Kernel& kernel) const {
  if (!namespace_) return {};
  if (const auto done = kernel.enter_net_namespace(namespace_.get()); !done) {
    return fail(done.error(), "enter the network namespace of jail " + plan_.jail);
  }
  return {};
}

Result<std::vector<std::string>> Network::release(Kernel& kernel, const NetworkConfig& config) {
  std::vector<std::string> done;
  std::optional<Error> failed;
  const auto note = [&failed](const Error& error) {
    if (!failed) failed = error;
  };
  if (auto lease = std::exchange(alias_, {}); lease) {
    const auto released = lease->release(kernel, alias_config(config));
    if (!released) note(released.error());
    if (released && *released) done.push_back(ip_command("del", lease->alias()));
  }
  if (auto lease = std::exchange(interface_, {}); lease) {
    const auto removed = lease->release(kernel, config);
    if (!removed) note(removed.error());
    if (removed) {
      for (const auto& name : *removed) done.push_back(deletion(name));
    }
  }
  if (!moved_.empty() && !jail_lives(kernel, config, plan_.jail)) {
    const std::string path = namespace_path();
    for (const auto& name : std::exchange(moved_, {})) {
      const std::string command = "ip -n " + plan_.jail + " link set " + name + " netns 1";
      auto restored = run_helper(kernel, config, {"link", "restore", name, path}, command);
      if (!restored) note(restored.error());
      if (restored) done.push_back(command);
    }
  }
  if (failed) return std::unexpected(*failed);
  return done;
}

std::vector<int> Network::descriptors() const {
  std::vector<int> all;
  if (alias_) all.push_back(alias_->descriptor());
  if (interface_) all.push_back(interface_->descriptor());
  if (!moved_.empty()) all.push_back(namespace_.get());
  return all;
}

std::string Network::namespace_path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(namespace_.get());
}

Result<std::vector<std::string>> sweep(Kernel& kernel, const NetworkConfig& config) {
  std::vector<std::string> done;
  const auto aliases = sweep_aliases(kernel, alias_config(config));
  if (!aliases) return std::unexpected(aliases.error());
  for (const auto& alias : *aliases) done.push_back(ip_command("del", alias));
  const auto interfaces = sweep_interfaces(kernel, config);
  if (!interfaces) return std::unexpected(interfaces.error());
  for (const auto& name : *interfaces) done.push_back(deletion(name));
  return done;
}

}  // namespace libjail::network
