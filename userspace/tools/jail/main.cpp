// SPDX-License-Identifier: BSD-2-Clause
// jail(8): run a command in a jail, or start, stop and show those of jail.conf(5).
#include <csignal>

#include "cli/exit_status.hpp"
#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "tools/jail/options.hpp"
#include "tools/jail/run.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return cli::kSetupFailed;
  // Children could not be waited for if the caller ignored it.
  static_cast<void>(::signal(SIGCHLD, SIG_DFL));
  const auto parsed = jail_tool::parse_arguments({argv, argv + argc});
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) {
    return cli::finish(*stop, cli::kSetupFailed);
  }
  libjail::LinuxKernel kernel;
  if (const auto* request = std::get_if<jail_tool::Exhibit>(&parsed)) {
    return cli::finish(jail_tool::exhibit(kernel, *request));
  }
  if (const auto* request = std::get_if<jail_tool::Manage>(&parsed)) {
    return jail_tool::manage(kernel, *request);
  }
  return jail_tool::run(kernel, std::get<jail_tool::Invocation>(parsed),
                        jail_tool::installed_aliases());
}
