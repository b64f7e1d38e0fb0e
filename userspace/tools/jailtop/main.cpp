// SPDX-License-Identifier: BSD-2-Clause
// jailtop(8): what jails use, all the time.
#include <cerrno>
#include <clocale>

#include "cli/messages.hpp"
#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "monitor/counters.hpp"
#include "monitor/interrupts.hpp"
#include "tools/jailtop/batch.hpp"
#include "tools/jailtop/options.hpp"
#include "tools/jailtop/screen.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return jailtop::kFailure;
  static_cast<void>(std::setlocale(LC_CTYPE, ""));  // which characters can be printed
  const auto parsed = jailtop::parse_arguments({argv, argv + argc});
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) return cli::finish(*stop);
  const auto& request = std::get<jailtop::Request>(parsed);
  const cli::Messages messages("jailtop", cli::Verbosity::kNormal);
  const auto interrupts = monitor::interrupts();
  libjail::LinuxKernel kernel;
  if (const auto jails = monitor::list_jails(kernel, "/proc"); !jails) {
    messages.error(jails.error().text());
    return jailtop::kFailure;
  }
  const auto counters = monitor::Counters::start(kernel, true);
  monitor::Sources sources;
  std::string notice;
  if (counters) {
    sources.counts = [&counters] { return counters->read_or_none(); };
  } else {
    notice = "without DENY/s and EXEC/s: " + counters.error().text();
    if (request.batch) messages.warning(notice);
  }
  jailtop::Watch watch(kernel, std::move(sources));
  const auto done = request.batch ? jailtop::run_batch(watch, request, interrupts.get())
                                  : jailtop::run_screen(watch, request, interrupts.get(), notice);
  if (done) return 0;
  messages.error(done.error().text());
  return jailtop::kFailure;
}
