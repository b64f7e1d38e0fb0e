// SPDX-License-Identifier: BSD-2-Clause
// jail-net changes the network of the host for a jail, one step at a time. jail(8) starts it.
#include <string_view>
#include <vector>

#include "cli/messages.hpp"
#include "tools/jail-net/commands.hpp"

int main(int argc, char** argv) {
  const cli::Messages messages("jail-net", cli::Verbosity::kNormal);
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto done = jail_net::run_command(arguments);
  if (!done) messages.error(done.error().text());
  return done ? 0 : 1;
}
