// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/batch.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "cli/messages.hpp"
#include "monitor/interrupts.hpp"

namespace jailtop {
namespace {

using Clock = std::chrono::steady_clock;

std::string text_of(const Watch& watch, const Request& request) {
  auto table = watch.jails();
  filter(table, request.filter);
  sort(table, {.column = request.column, .reverse = request.reverse});
  if (request.json) return to_json(table, "jails", watch.time());
  std::string text = heading_line(table) + "\n";
  for (const auto& row : table.rows) text += row_line(table, row) + "\n";
  return text;
}

/// @return whether to go on
bool pause(int interrupts, Clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return true;
    const auto ready = monitor::wait_for(-1, interrupts, static_cast<int>(left));
    if (ready != monitor::Ready::kTimeout) return false;
  }
}

}  // namespace

libjail::Result<void> run_batch(Watch& watch, const Request& request, int interrupts) {
  auto next = Clock::now();
  if (auto done = watch.look(); !done) return done;
  for (std::uint64_t printed = 0; !request.count || printed < *request.count; ++printed) {
    next += std::chrono::milliseconds(request.delay_ms);
    if (!pause(interrupts, next)) return {};
    if (auto done = watch.look(); !done) return done;
    const std::string space = printed > 0 && !request.json ? "\n" : "";
    if (cli::write_all(STDOUT_FILENO, space + text_of(watch, request))) continue;
    if (errno == EPIPE) return {};
    return libjail::fail(errno, cli::kWriteError);
  }
  return {};
}

}  // namespace jailtop
