// SPDX-License-Identifier: BSD-2-Clause
// jailctl destroy: what create made goes away.
#include "jail/roots/destroy.hpp"

#include <unistd.h>

#include <iostream>
#include <memory>

#include "tools/jailctl/destroy.hpp"
#include "tools/jailctl/roots.hpp"

namespace jailctl {
namespace {

using libjail::roots::Destroyed;

struct Arguments {
  RootOptions common;
  std::string name;
  bool yes = false;
  bool force = false;
};

/// Whether the user is sure.
bool confirm(const std::string& name) {
  cli::write_all(STDERR_FILENO, "Destroy the root directory of " + name + " and all in it? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

int run(const Context& context, const Arguments& arguments) {
  const auto& name = arguments.name;
  const auto environment = environment_of(context, arguments.common, name);
  if (arguments.common.dry_run) {
    return print_commands(context, name,
                          libjail::roots::destroy_commands(environment, name, arguments.force));
  }
  if (!arguments.yes) {
    if (::isatty(STDIN_FILENO) == 0) {
      context.messages.error(name + ": nobody to ask; --yes destroys without asking");
      return kUsage;
    }
    if (!confirm(name)) return kFailure;
  }
  const auto destroyed = libjail::roots::destroy(environment, name, arguments.force);
  if (!destroyed) return report(context, name, destroyed.error());
  context.messages.report(name + (*destroyed == Destroyed::kAll
                                      ? ": destroyed\n"
                                      : ": removed what was left unfinished\n"));
  return kOk;
}

}  // namespace

Subcommand destroy_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  Subcommand subcommand{
      .name = "destroy",
      .summary = "Remove the root directory of a jail",
      .operands = {{.name = "NAME",
                    .help = "Of the jail",
                    .take = [arguments](const std::string& value) { arguments->name = value; }}},
      .options = {{.names = "-y,--yes",
                   .help = "Do not ask",
                   .take = [arguments](const std::string&) { arguments->yes = true; }},
                  {.names = "--force",
                   .help = "Although records of what it was made from cannot be read",
                   .take = [arguments](const std::string&) { arguments->force = true; }}},
      .run = [arguments](const Context& context) { return run(context, *arguments); }};
  for (auto& option : common_options(arguments->common)) subcommand.options.push_back(option);
  return subcommand;
}

}  // namespace jailctl
