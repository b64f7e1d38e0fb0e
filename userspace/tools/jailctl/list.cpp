// SPDX-License-Identifier: BSD-2-Clause
// jailctl list: the jails there are.
#include "tools/jailctl/list.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>

#include "jail/address.hpp"
#include "tools/jailctl/configured.hpp"
#include "tools/jailctl/running.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {
namespace {

struct Arguments {
  std::string file;
  bool all = false;
  bool json = false;
};

int run(const Context& context, const Arguments& arguments) {
  Table table{.columns = {{"NAME"},
                          {.heading = "JID", .number = true},
                          {"STATE"},
                          {"IP"},
                          {.heading = "PIDS", .number = true},
                          {"PATH"}}};
  const auto running = running_jails(context);
  if (!running) {
    context.messages.error(running.error().text());
    return kFailure;
  }
  for (const auto& jail : *running) {
    table.rows.push_back({jail.name, std::to_string(jail.jid), jail.dying ? "dying" : "running",
                          jail.address, std::to_string(jail.processes), jail.path});
  }
  std::vector<libjail::Error> errors;
  if (arguments.all) {
    for (const auto& config : all_configured(context, arguments.file, errors)) {
      if (std::ranges::find(*running, config.name, &libjail::ListedJail::name) != running->end()) {
        continue;
      }
      table.rows.push_back({config.name, "", "stopped",
                            config.address ? libjail::format_ip(config.address->ip) : "", "0",
                            config.path});
    }
  }
  std::ranges::stable_sort(table.rows, {}, [](const auto& row) { return row.front(); });
  for (const auto& error : errors) context.messages.error(error.text());
  const auto text = arguments.json ? to_json({{"jails", table}}) : to_text(table);
  if (!context.messages.output(text)) return kFailure;
  return errors.empty() ? kOk : kFailure;
}

}  // namespace

Subcommand list_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "list",
          .summary = "List jails",
          .operands = {},
          .options = {{.names = "-a,--all",
                       .help = "Those too that are configured and do not run",
                       .take = [arguments](const std::string&) { arguments->all = true; }},
                      file_option(arguments->file),
                      json_option(arguments->json)},
          .run = [arguments](const Context& context) { return run(context, *arguments); },
          .alias = "ls"};
}

}  // namespace jailctl
