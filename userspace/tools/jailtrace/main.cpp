// SPDX-License-Identifier: BSD-2-Clause
// jailtrace(8): print events of jails as they happen.
#include <clocale>

#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "monitor/interrupts.hpp"
#include "tools/jailtrace/options.hpp"
#include "tools/jailtrace/run.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return jailtrace::kFailure;
  static_cast<void>(std::setlocale(LC_CTYPE, ""));  // which characters can be printed
  const auto parsed = jailtrace::parse_arguments({argv, argv + argc});
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) return cli::finish(*stop);
  const auto& request = std::get<jailtrace::Request>(parsed);
  const cli::Messages messages("jailtrace", cli::Verbosity::kNormal);
  const auto interrupts = monitor::interrupts();
  libjail::LinuxKernel kernel;
  const auto source = monitor::trace_events(kernel, request.filter);
  if (!source) {
    messages.error(source.error().text());
    return jailtrace::kFailure;
  }
  return jailtrace::run(**source, request, interrupts.get(), messages);
}
