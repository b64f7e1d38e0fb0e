// SPDX-License-Identifier: BSD-2-Clause
// jailctl net: the network of a jail that runs.
#include "tools/jailctl/net.hpp"

#include <unistd.h>

#include <memory>

#include "network/inspection.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {
namespace {

struct Arguments {
  std::string jail;
  bool json = false;
};

/// What the jail has, and what of it was made for it and goes with it.
Table table_of(const libjail::network::Inspection& network) {
  Table table{.columns = {{"KIND"}, {"VALUE"}, {"ADDED"}}};
  if (!network.address.empty()) {
    const auto& added = network.added;
    table.rows.push_back({"address", added ? libjail::format_prefixed(*added) : network.address,
                          added ? added->interface : ""});
  }
  for (const auto& interface : network.interfaces) {
    table.rows.push_back({"interface", interface.name, "host"});
    if (interface.nat) table.rows.push_back({"nat", network.address, "host"});
  }
  return table;
}

int run(const Context& context, const Arguments& arguments) {
  const libjail::network::NetworkConfig config{
      .state_dir = context.state, .helper = {}, .listing = context.proc + "/jails"};
  const auto network = libjail::network::inspect(context.kernel, config, arguments.jail);
  if (!network) {
    context.messages.error(network.error().text());
    return kFailure;
  }
  const auto table = table_of(*network);
  const auto text = arguments.json ? to_json({{"network", table}}) : to_text(table);
  return context.messages.output(text) ? kOk : kFailure;
}

}  // namespace

Subcommand net_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "net",
          .summary = "Show the address of a jail and the interfaces that were made for it",
          .operands = {jail_operand(arguments->jail)},
          .options = {json_option(arguments->json)},
          .run = [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace jailctl
