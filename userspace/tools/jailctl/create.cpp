// SPDX-License-Identifier: BSD-2-Clause
// jailctl create: a root directory for a jail.
#include "jail/roots/create.hpp"

#include <unistd.h>

#include <memory>

#include "lib/conf/quantities.hpp"
#include "tools/jailctl/create.hpp"
#include "tools/jailctl/roots.hpp"

namespace jailctl {
namespace {

using libjail::roots::Sharing;

struct Arguments {
  RootOptions common;
  std::string name;
  std::string from;
  Sharing sharing = Sharing::kThin;
  std::string size;
};

int run(const Context& context, const Arguments& arguments) {
  auto source = libjail::roots::parse_source(arguments.from);
  if (!source) return report(context, arguments.name, source.error());
  libjail::roots::CreateRequest request{
      .name = arguments.name, .source = *std::move(source), .sharing = arguments.sharing};
  if (!arguments.size.empty()) {
    const auto size = libjail::conf::parse_size(arguments.size);
    if (!size) return report(context, arguments.name, size.error());
    request.size = *size;
  }
  const auto environment = environment_of(context, arguments.common, arguments.name);
  if (arguments.common.dry_run) {
    return print_commands(context, arguments.name,
                          libjail::roots::create_commands(environment, request));
  }
  const auto root = libjail::roots::create(environment, request);
  if (!root) return report(context, arguments.name, root.error());
  end_progress();
  context.messages.report(arguments.name + ": created, root " + *root + "\n");
  return kOk;
}

}  // namespace

Subcommand create_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  const auto share = [arguments](Sharing sharing) {
    return [arguments, sharing](const std::string&) { arguments->sharing = sharing; };
  };
  Subcommand subcommand{
      .name = "create",
      .summary = "Make the root directory of a jail",
      .operands = {{.name = "NAME",
                    .help = "Of the jail",
                    .take = [arguments](const std::string& value) { arguments->name = value; }}},
      .options = {{.names = "--from",
                   .help = "busybox, debian:SUITE, oci:FOLDER[:TAG], a folder or a tar file",
                   .value = "SOURCE",
                   .take = [arguments](const std::string& value) { arguments->from = value; },
                   .required = true},
                  {.names = "--thin",
                   .help = "Share what the jail does not change, by overlayfs (default)",
                   .take = share(Sharing::kThin),
                   .excludes = "--link --copy"},
                  {.names = "--link",
                   .help = "Share files by immutable hard links",
                   .take = share(Sharing::kLink),
                   .excludes = "--copy"},
                  {.names = "--copy", .help = "Share nothing", .take = share(Sharing::kCopy)},
                  {.names = "--size",
                   .help = "What the jail can fill at most, such as 500M",
                   .value = "SIZE",
                   .take = [arguments](const std::string& value) { arguments->size = value; },
                   .excludes = "--link"}},
      .run = [arguments](const Context& context) { return run(context, *arguments); }};
  for (auto& option : common_options(arguments->common)) subcommand.options.push_back(option);
  return subcommand;
}

}  // namespace jailctl
