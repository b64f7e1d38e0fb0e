// SPDX-License-Identifier: BSD-2-Clause
// jailctl mount and umount: the mounts of root directories, which a reboot takes away.
#include "jail/roots/mount.hpp"

#include <unistd.h>

#include <memory>

#include "tools/jailctl/mount.hpp"
#include "tools/jailctl/roots.hpp"

namespace jailctl {
namespace {

using libjail::Result;
using libjail::roots::Environment;

struct Arguments {
  RootOptions common;
  std::vector<std::string> names;
  bool all = false;
};

struct Action {
  Result<bool> (*act)(const Environment&, const std::string&);
  Result<std::vector<std::string>> (*commands)(const Environment&, const std::string&);
  const char* done;
};

int run(const Context& context, const Arguments& arguments, const Action& action) {
  auto names = arguments.names;
  if (names.empty() != arguments.all) {
    context.messages.error("the names of jails are needed, or -a");
    return kUsage;
  }
  if (arguments.all) {
    auto listed = libjail::roots::list(environment_of(context, arguments.common, "store"));
    if (!listed) return report(context, arguments.common.store, listed.error());
    names = *std::move(listed);
  }
  int status = kOk;
  for (const auto& name : names) {
    const auto environment = environment_of(context, arguments.common, name);
    if (arguments.common.dry_run) {
      status |= print_commands(context, name, action.commands(environment, name));
      continue;
    }
    const auto done = action.act(environment, name);
    if (!done) {
      status = report(context, name, done.error());
    } else if (*done) {
      context.messages.report(name + ": " + action.done + "\n");
    }
  }
  return status;
}

Subcommand make(const char* name, const char* summary, const Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  Subcommand subcommand{
      .name = name,
      .summary = summary,
      .operands = {several_operands("NAME", "Of a jail", arguments->names)},
      .options = {{.names = "-a,--all",
                   .help = "Those of all jails",
                   .take = [arguments](const std::string&) { arguments->all = true; }}},
      .run = [arguments, action](const Context& context) {
        return run(context, *arguments, action);
      }};
  for (auto& option : common_options(arguments->common)) subcommand.options.push_back(option);
  return subcommand;
}

}  // namespace

Subcommand mount_subcommand() {
  return make("mount", "Mount root directories that a reboot has left unmounted",
              {.act = libjail::roots::mount,
               .commands = libjail::roots::mount_commands,
               .done = "mounted"});
}

Subcommand umount_subcommand() {
  return make("umount", "Unmount root directories",
              {.act = libjail::roots::unmount,
               .commands = libjail::roots::unmount_commands,
               .done = "unmounted"});
}

}  // namespace jailctl
