// SPDX-License-Identifier: BSD-2-Clause
// jailctl ps: what runs in a jail.
#include "tools/jailctl/ps.hpp"

#include <unistd.h>

#include <memory>

#include "monitor/processes.hpp"
#include "tools/jailctl/running.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {
namespace {

struct Arguments {
  std::string jail;
  bool json = false;
};

int run(const Context& context, const Arguments& arguments) {
  const auto found = find_running(context, arguments.jail);
  const auto jail = found.value_or(std::nullopt);
  if (!jail) {
    context.messages.error(!found ? found.error().text() : arguments.jail + ": no such jail runs");
    return kFailure;
  }
  Table table{.columns = {{.heading = "PID", .number = true},
                          {.heading = "PPID", .number = true},
                          {.heading = "UID", .number = true},
                          {"STATE"},
                          {"COMMAND"}}};
  for (const auto& process : monitor::processes_of(context.kernel, context.proc, jail->jid)) {
    table.rows.push_back({std::to_string(process.pid), std::to_string(process.parent),
                          std::to_string(process.uid), process.state, process.command});
  }
  const auto text = arguments.json ? to_json({{"processes", table}}) : to_text(table);
  return context.messages.output(text) ? kOk : kFailure;
}

}  // namespace

Subcommand ps_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "ps",
          .summary = "List the processes of a jail",
          .operands = {jail_operand(arguments->jail)},
          .options = {json_option(arguments->json)},
          .run = [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace jailctl
