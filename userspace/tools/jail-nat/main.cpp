// SPDX-License-Identifier: BSD-2-Clause
// jail-nat translates addresses for a jail, or ends that. jail(8) starts it.
#include <unistd.h>

#include <string_view>
#include <vector>

#include "cli/messages.hpp"
#include "tools/jail-nat/commands.hpp"

int main(int argc, char** argv) {
  const cli::Messages messages("jail-nat", cli::Verbosity::kNormal);
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto done = jail_nat::run_command(arguments);
  if (!done) {
    messages.error(done.error().text());
    return 1;
  }
  return messages.output(*done) ? 0 : 1;
}
