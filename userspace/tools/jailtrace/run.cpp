// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtrace/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <unordered_set>

#include "monitor/clock.hpp"
#include "monitor/event_text.hpp"
#include "monitor/interrupts.hpp"

namespace jailtrace {
namespace {

using Clock = std::chrono::steady_clock;
using libjail::Result;

constexpr std::size_t kRemembered = 65536;  // what a jail could fill our memory with
constexpr std::size_t kAtOnce = 1024;       // it may also make more events than we can take

class Printer {
 public:
  explicit Printer(const Request& request) : request_(request) {}

  [[nodiscard]] bool enough() const { return request_.count && printed_ >= *request_.count; }

  /// Takes what there is, but not for ever. @return whether more may be there
  [[nodiscard]] Result<bool> take(monitor::EventSource& source) {
    std::size_t taken = 0;
    const auto done = source.take([this, &taken](const jail_event& event) {
      if (!enough()) add(event);
      return ++taken < kAtOnce && !enough();
    });
    if (!done) return std::unexpected(done.error());
    return taken >= kAtOnce;
  }

  /// Writes what was taken. errno tells why not.
  [[nodiscard]] bool write() {
    const std::string text = std::exchange(text_, {});
    return text.empty() || cli::write_all(STDOUT_FILENO, text);
  }

 private:
  void add(const jail_event& event) {
    if (request_.unique) {
      if (seen_.size() >= kRemembered) seen_.clear();
      if (!seen_.insert(monitor::identity_of(event)).second) return;
    }
    const auto boot = monitor::boot_time();
    text_ += request_.json ? monitor::to_json(event, boot) : monitor::to_line(event, boot);
    ++printed_;
  }

  const Request& request_;
  std::string text_{request_.json ? "" : monitor::line_heading()};
  std::unordered_set<std::string> seen_;
  std::uint64_t printed_ = 0;
};

/// Milliseconds, -1 where there is no end.
int time_left(const Request& request, Clock::time_point start) {
  if (!request.seconds) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      start + std::chrono::seconds(*request.seconds) - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

/// Until the end, or an errno of the output.
Result<void> follow(monitor::EventSource& source, const Request& request, int interrupts,
                    Printer& printer) {
  const auto start = Clock::now();
  const auto written = [] { return libjail::fail(errno, cli::kWriteError); };
  for (bool more = true; more && !printer.enough();) {
    if (!printer.write()) return written();
    const int left = time_left(request, start);
    switch (monitor::wait_for(source.descriptor(), interrupts, left)) {
      case monitor::Ready::kReaderGone:
        return libjail::fail(EPIPE, cli::kWriteError);
      case monitor::Ready::kInterrupt:
        more = false;
        break;
      case monitor::Ready::kTimeout:
      case monitor::Ready::kSource:
        more = left != 0;  // also where events never cease
        break;
    }
    if (!more) source.detach();
    for (bool again = true; again && !printer.enough();) {
      const auto taken = printer.take(source);
      if (!taken) return std::unexpected(taken.error());
      again = *taken && !more;
      if (again && !printer.write()) return written();
    }
  }
  if (!printer.write()) return written();
  return {};
}

}  // namespace

int run(monitor::EventSource& source, const Request& request, int interrupts,
        const cli::Messages& messages) {
  Printer printer(request);
  const auto done = follow(source, request, interrupts, printer);
  if (const auto lost = source.lost(); lost != 0) {
    messages.warning(std::to_string(lost) +
                     " events lost: they came faster than they could be printed");
  }
  // Whoever has read enough wants no message.
  if (done || done.error().code == EPIPE) return 0;
  messages.error(done.error().text());
  return kFailure;
}

}  // namespace jailtrace
