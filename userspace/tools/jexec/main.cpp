// SPDX-License-Identifier: BSD-2-Clause
// jexec(8): run a command in a jail that is there.
#include <csignal>

#include "cli/exit_status.hpp"
#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "tools/jexec/options.hpp"
#include "tools/jexec/run.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return cli::kSetupFailed;
  // Children could not be waited for if the caller ignored it.
  static_cast<void>(::signal(SIGCHLD, SIG_DFL));
  const auto parsed = jexec_tool::parse_arguments({argv, argv + argc});
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) {
    return cli::finish(*stop, cli::kSetupFailed);
  }
  libjail::LinuxKernel kernel;
  return jexec_tool::run(kernel, std::get<jexec_tool::Invocation>(parsed));
}
