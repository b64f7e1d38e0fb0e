// SPDX-License-Identifier: BSD-2-Clause
// jailctl stats: what jails use, for Prometheus.
#include "tools/jailctl/stats.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "jail/unique_fd.hpp"
#include "monitor/clock.hpp"
#include "monitor/metrics.hpp"

namespace jailctl {
namespace {

using libjail::Result;

constexpr mode_t kMode = 0644;  // the collector is another user

/// Puts @p text into a file at once: whoever opens it finds the old text or the new one.
Result<void> replace_file(const std::string& path, const std::string& text) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string::npos ? 0 : slash + 1;
  // Not *.prom, which the collector would read.
  std::string temporary = path.substr(0, name) + "." + path.substr(name) + ".XXXXXX";
  const libjail::UniqueFd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return libjail::fail(errno, path);
  const bool done = cli::write_all(file.get(), text) && ::fchmod(file.get(), kMode) == 0 &&
                    ::rename(temporary.c_str(), path.c_str()) == 0;
  if (done) return {};
  const int code = errno;
  ::unlink(temporary.c_str());
  return libjail::fail(code, path);
}

int run(const Context& context, const std::string& file) {
  const auto failed = [&context](const libjail::Error& error) {
    context.messages.error(error.text());
    return kFailure;
  };
  const auto counters = monitor::Counters::start(context.kernel, false);
  monitor::Sources sources{.proc = context.proc, .cgroup = context.cgroup};
  if (counters) {
    sources.counts = [&counters] { return counters->read_or_none(); };
  }
  const auto sample = monitor::take_sample(context.kernel, sources);
  if (!sample) return failed(sample.error());
  const auto text = monitor::to_metrics(*sample, monitor::boot_time());
  if (file.empty()) return context.messages.output(text) ? kOk : kFailure;
  const auto done = replace_file(file, text);
  return done ? kOk : failed(done.error());
}

}  // namespace

Subcommand stats_subcommand() {
  const auto file = std::make_shared<std::string>();
  return {.name = "stats",
          .summary = "Print what jails use as metrics, in the OpenMetrics format",
          .operands = {},
          .options = {{.names = "-o,--output",
                       .help = "Replace this file at once, in place of printing",
                       .value = "FILE",
                       .take = [file](const std::string& value) { *file = value; }}},
          .run = [file](const Context& context) { return run(context, *file); }};
}

}  // namespace jailctl
