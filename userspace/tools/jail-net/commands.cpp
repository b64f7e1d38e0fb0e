// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/commands.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "jail/address.hpp"
#include "jail/unique_fd.hpp"
#include "lib/text.hpp"
#include "tools/jail-net/address.hpp"
#include "tools/jail-net/link.hpp"

namespace jail_net {
namespace {

using libjail::Alias;
using libjail::fail;
using libjail::Result;
using libjail::UniqueFd;
using Operands = std::span<const std::string_view>;

constexpr const char* kUsage =
    "usage: jail-net address add|del INTERFACE ADDRESS/PREFIX | vlan add INTERFACE NUMBER | "
    "bridge add NAME ADDRESS/PREFIX | bridge del NAME | veth add NAME BRIDGE NAMESPACE INSIDE | "
    "link del NAME | "
    "link move|restore NAME NAMESPACE | "
    "namespace configure NAMESPACE [INTERFACE ADDRESS/PREFIX [GATEWAY]]";

Result<std::string> parse_name(std::string_view text) {
  constexpr std::string_view kNever = "/: \t\n\v\f\r";
  if (text.empty() || text.size() >= IFNAMSIZ || text == "." || text == ".." ||
      text.find_first_of(kNever) != std::string_view::npos) {
    return fail(EINVAL, "no interface can be named \"" + std::string(text) + "\"");
  }
  return std::string(text);
}

Result<Alias> parse_alias(std::string_view interface, std::string_view address) {
  const auto operand = libjail::parse_address(std::string(interface) + "|" + std::string(address));
  if (!operand) return std::unexpected(operand.error());
  const auto& parsed = *operand;
  if (!parsed || !parsed->alias) return fail(EINVAL, std::string(address));
  return *parsed->alias;
}

Result<UniqueFd> open_namespace(std::string_view path) {
  UniqueFd net(::open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC));
  if (!net) return fail(errno, "network namespace " + std::string(path));
  return net;
}

Result<void> enter(const UniqueFd& net, std::string_view path) {
  if (::setns(net.get(), CLONE_NEWNET) < 0) {
    return fail(errno, "enter the network namespace " + std::string(path));
  }
  return {};
}

Result<void> address_add(Operands operands) {
  const auto alias = parse_alias(operands[0], operands[1]);
  if (!alias) return std::unexpected(alias.error());
  return add_address(*alias);
}

Result<void> address_del(Operands operands) {
  const auto alias = parse_alias(operands[0], operands[1]);
  if (!alias) return std::unexpected(alias.error());
  return delete_address(*alias);
}

Result<void> vlan_add(Operands operands) {
  constexpr int kMost = 4094;
  const auto id = libjail::parse_number<int>(operands[1]);
  if (!id || *id < 1 || *id > kMost) {
    return fail(EINVAL, "VLAN " + std::string(operands[1]), "give a number from 1 to 4094");
  }
  const auto parent = parse_name(operands[0]);
  if (!parent) return std::unexpected(parent.error());
  if (const auto name = parse_name(*parent + "." + std::to_string(*id)); !name) {
    return std::unexpected(name.error());
  }
  return add_vlan(*parent, *id);
}

Result<void> bridge_add(Operands operands) {
  const auto alias = parse_alias(operands[0], operands[1]);
  if (!alias) return std::unexpected(alias.error());
  return add_bridge(*alias);
}

Result<void> bridge_del(Operands operands) {
  const auto name = parse_name(operands[0]);
  if (!name) return std::unexpected(name.error());
  return delete_bridge(*name);
}

Result<void> veth_add(Operands operands) {
  for (const auto name : {operands[0], operands[1], operands[3]}) {
    if (const auto good = parse_name(name); !good) return std::unexpected(good.error());
  }
  const auto net = open_namespace(operands[2]);
  if (!net) return std::unexpected(net.error());
  return add_veth(std::string(operands[0]), std::string(operands[1]), std::string(operands[3]),
                  net->get());
}

Result<void> link_del(Operands operands) {
  const auto name = parse_name(operands[0]);
  if (!name) return std::unexpected(name.error());
  return delete_link(*name);
}

Result<void> link_move(Operands operands) {
  const auto name = parse_name(operands[0]);
  if (!name) return std::unexpected(name.error());
  const auto net = open_namespace(operands[1]);
  if (!net) return std::unexpected(net.error());
  return move_link(*name, net->get());
}

Result<void> link_restore(Operands operands) {
  const auto name = parse_name(operands[0]);
  if (!name) return std::unexpected(name.error());
  const auto host = open_namespace("/proc/self/ns/net");
  if (!host) return std::unexpected(host.error());
  const auto net = open_namespace(operands[1]);
  if (!net) return std::unexpected(net.error());
  if (auto in = enter(*net, operands[1]); !in) return in;
  return move_link(*name, host->get());
}

Result<void> namespace_configure(Operands operands) {
  Result<Alias> alias;
  if (operands.size() == 2) return fail(0, kUsage);
  if (operands.size() > 2) alias = parse_alias(operands[1], operands[2]);
  if (!alias) return std::unexpected(alias.error());
  Result<Alias> gateway;
  if (operands.size() > 3) gateway = parse_alias(operands[1], operands[3]);
  if (!gateway) return std::unexpected(gateway.error());
  const auto net = open_namespace(operands[0]);
  if (!net) return std::unexpected(net.error());
  auto done = enter(*net, operands[0]);
  if (done) done = bring_up("lo");
  if (done && operands.size() > 2) done = add_address(*alias);
  if (done && operands.size() > 2) done = bring_up(alias->interface);
  if (done && operands.size() > 3) done = add_default_route(alias->interface, gateway->ip);
  return done;
}

struct Command {
  std::string_view noun;
  std::string_view verb;
  std::size_t least;
  std::size_t most;
  Result<void> (*run)(Operands);
};

constexpr auto kCommands = std::to_array<Command>({
    {"address", "add", 2, 2, address_add},
    {"address", "del", 2, 2, address_del},
    {"vlan", "add", 2, 2, vlan_add},
    {"bridge", "add", 2, 2, bridge_add},
    {"bridge", "del", 1, 1, bridge_del},
    {"veth", "add", 4, 4, veth_add},
    {"link", "del", 1, 1, link_del},
    {"link", "move", 2, 2, link_move},
    {"link", "restore", 2, 2, link_restore},
    {"namespace", "configure", 1, 4, namespace_configure},
});

}  // namespace

Result<void> run_command(std::span<const std::string_view> arguments) {
  if (arguments.size() < 2) return fail(0, kUsage);
  const auto* const found = std::ranges::find_if(kCommands, [&](const Command& command) {
    return command.noun == arguments[0] && command.verb == arguments[1];
  });
  const auto operands = arguments.subspan(2);
  if (found == kCommands.end() || operands.size() < found->least || operands.size() > found->most) {
    return fail(0, kUsage);
  }
  return found->run(operands);
}

}  // namespace jail_net
