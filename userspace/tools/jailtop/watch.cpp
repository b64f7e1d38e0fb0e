// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/watch.hpp"

#include <unistd.h>

#include <string>
#include <utility>

#include "monitor/clock.hpp"

namespace jailtop {
namespace {

std::string counted(std::uint64_t number, const std::string& one, const std::string& more) {
  return std::to_string(number) + " " + (number == 1 ? one : more);
}

}  // namespace

libjail::Result<void> Watch::look(std::optional<std::uint32_t> inside) {
  auto sample = monitor::take_sample(kernel_, sources_);
  if (!sample) return std::unexpected(sample.error());
  before_ = std::exchange(now_, *std::move(sample));
  if (inside != std::exchange(inside_, inside)) processes_now_ = {};
  if (!inside) return {};
  processes_before_ = std::exchange(
      processes_now_, {.time = monitor::time_since_boot(),
                       .processes = monitor::processes_of(kernel_, sources_.proc, *inside)});
  return {};
}

Table Watch::processes() const {
  return process_table(processes_before_, processes_now_, ::sysconf(_SC_CLK_TCK));
}

std::string Watch::summary() const {
  std::uint64_t processes = 0;
  for (const auto& jail : now_.jails) processes += jail.listed.processes;
  return counted(now_.jails.size(), "jail", "jails") + ", " +
         counted(processes, "process", "processes");
}

double Watch::time() const {
  constexpr double kSecond = 1e9;
  return (static_cast<double>(monitor::boot_time()) + static_cast<double>(now_.time)) / kSecond;
}

}  // namespace jailtop
