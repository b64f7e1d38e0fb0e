// SPDX-License-Identifier: BSD-2-Clause
// jailctl limits: what a jail uses and may use, and to change the latter while it runs.
#include "tools/jailctl/limits.hpp"

#include <unistd.h>

#include <memory>
#include <optional>

#include "jail/roots/mount.hpp"
#include "limits/control_group.hpp"
#include "tools/jailctl/limits_change.hpp"
#include "tools/jailctl/limits_table.hpp"
#include "tools/jailctl/roots.hpp"
#include "tools/jailctl/running.hpp"

namespace jailctl {
namespace {

using libjail::limits::ControlGroup;

struct Arguments {
  std::string jail;
  std::vector<std::string> changes;
  std::string store = RootOptions().store;
  bool json = false;
  bool dry_run = false;
};

int report(const Context& context, const Arguments& arguments, const libjail::Error& error) {
  context.messages.error(arguments.jail + ": " + error.text());
  return kFailure;
}

int show(const Context& context, const Arguments& arguments, const std::string& name,
         const ControlGroup& group) {
  const auto usage = group.usage();
  if (!usage) return report(context, arguments, usage.error());
  RootOptions options;
  options.store = arguments.store;
  const auto space = libjail::roots::space(environment_of(context, options, name), name);
  if (!space) return report(context, arguments, space.error());
  const auto table = limits_table(*usage, *space, arguments.json);
  const auto text = arguments.json ? to_json({{"limits", table}}) : to_text(table);
  return context.messages.output(text) ? kOk : kFailure;
}

int run(const Context& context, const Arguments& arguments) {
  const auto change = parse_limits_change(arguments.changes);
  if (!change) {
    context.messages.error(change.error().text());
    return kUsage;
  }
  const auto settings = libjail::limits::settings_of(change->limits, change->lifted);
  if (!settings) return report(context, arguments, settings.error());
  const auto found = find_running(context, arguments.jail);  // by its jail ID, perhaps
  const auto jail = found ? *found : std::nullopt;
  const std::string name = jail ? jail->name : arguments.jail;
  const auto group = ControlGroup::open(name, context.cgroup);
  if (!group) return report(context, arguments, group.error());
  if (settings->empty()) return show(context, arguments, name, *group);
  if (arguments.dry_run) {
    std::string text;
    for (const auto& setting : *settings) {
      text += "echo \"" + setting.text + "\" > " + group->path() + "/" + setting.file + "\n";
    }
    return context.messages.output(text) ? kOk : kFailure;
  }
  const auto done = group->set(change->limits, change->lifted);
  return done ? kOk : report(context, arguments, done.error());
}

}  // namespace

Subcommand limits_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "limits",
          .summary = "Show what a jail uses beside its limits, or change them while it runs",
          .operands = {jail_operand(arguments->jail),
                       several_operands(
                           "LIMIT",
                           "memory=SIZE, cpu=PERCENT%, pids=NUMBER or 'io=DEVICE rbps=SIZE ...'; "
                           "max is no limit",
                           arguments->changes)},
          .options = {json_option(arguments->json), dry_run_option(arguments->dry_run),
                      store_option(arguments->store)},
          .run = [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace jailctl
