// SPDX-License-Identifier: BSD-2-Clause
// jailctl(8): manage jails.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <string_view>

#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "tools/jailctl/command_line.hpp"
#include "tools/jailctl/interrupt.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return jailctl::kFailure;
  // Children could not be waited for if the caller ignored it.
  static_cast<void>(::signal(SIGCHLD, SIG_DFL));
  static_cast<void>(std::setlocale(LC_CTYPE, ""));  // which characters can be printed
  std::vector<std::string> words(argv, argv + argc);
  if (std::string_view(program_invocation_short_name) == "jaildoctor" && !words.empty()) {
    words.insert(words.begin() + 1, "doctor");
  }
  const auto all = jailctl::subcommands();
  const auto parsed = jailctl::parse_command_line(words, all);
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) {
    const bool doctor = words.size() > 1 && words[1] == "doctor";
    return cli::finish(*stop, doctor ? jailctl::kUnchecked : jailctl::kFailure);
  }
  jailctl::catch_interrupts();
  libjail::LinuxKernel kernel;
  const cli::Messages messages("jailctl", cli::Verbosity::kNormal);
  return jailctl::finished(
      std::get<const jailctl::Subcommand*>(parsed)->run({.kernel = kernel, .messages = messages}));
}
