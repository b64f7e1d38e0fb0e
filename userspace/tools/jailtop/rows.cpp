// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/rows.hpp"

#include <algorithm>
#include <string>

#include "monitor/units.hpp"

namespace jailtop {
namespace {

using libjail::limits::Usage;
using monitor::JailUsage;
using Number = std::optional<std::uint64_t>;

constexpr double kSecond = 1e9;        // nanoseconds
constexpr double kMicroseconds = 1e6;  // a second
constexpr double kPercent = 100;
constexpr const char* kUnknown = "-";

Cell text_cell(const std::string& text) { return {.text = text.empty() ? kUnknown : text}; }

Cell count_cell(std::uint64_t value) {
  return {.text = std::to_string(value), .number = static_cast<double>(value)};
}

template <class Format>
Cell number_cell(const std::optional<double>& value, const Format& format) {
  return {.text = value ? format(*value) : kUnknown, .number = value};
}

Cell rate_cell(const std::optional<double>& value) {
  return number_cell(value, monitor::rate_text);
}

std::string size_of(double value) { return monitor::size_text(static_cast<std::uint64_t>(value)); }

std::optional<double> widen(const Number& number) {
  if (!number) return {};
  return static_cast<double>(*number);
}

/// What a count grew by a second; nothing where it began anew meanwhile.
std::optional<double> rate(const Number& before, const Number& now, double seconds) {
  if (!before || !now || *now < *before || seconds <= 0) return {};
  return static_cast<double>(*now - *before) / seconds;
}

/// What the control group tells, or nothing.
template <class Value>
auto of_usage(const JailUsage& jail, const Value& value) -> decltype(value(*jail.usage)) {
  if (!jail.usage) return {};
  return value(*jail.usage);
}

Number cpu_of(const JailUsage& jail) {
  return of_usage(jail, [](const Usage& usage) { return usage.cpu_usec; });
}

/// Bytes read and written.
Number io_of(const JailUsage& jail) {
  return of_usage(jail, [](const Usage& usage) {
    std::uint64_t bytes = 0;
    for (const auto& device : usage.io) bytes += device.rbytes + device.wbytes;
    return Number(bytes);
  });
}

Number count_of(const JailUsage& jail, std::uint64_t monitor::Counts::*field) {
  if (!jail.counts) return {};
  return (*jail.counts).*field;
}

Cell limit_cell(const JailUsage& jail) {
  if (!jail.usage || !jail.usage->memory) return {.text = kUnknown};
  const auto limit = widen(jail.usage->limits.memory);
  return {.text = limit ? size_of(*limit) : "max", .number = limit};
}

Cell uptime_cell(const JailUsage& jail, std::uint64_t now) {
  if (!jail.start || *jail.start > now) return {.text = kUnknown};
  const double seconds = static_cast<double>(now - *jail.start) / kSecond;
  return {.text = monitor::duration_text(static_cast<std::uint64_t>(seconds)), .number = seconds};
}

Row row_of(const JailUsage& before, const JailUsage& now, std::uint64_t time, double seconds) {
  const auto& listed = now.listed;
  const auto memory = widen(of_usage(now, [](const Usage& usage) { return usage.memory; }));
  auto cpu = rate(cpu_of(before), cpu_of(now), seconds);
  if (cpu) *cpu *= kPercent / kMicroseconds;
  const auto grown = [&](std::uint64_t monitor::Counts::*field) {
    return rate_cell(rate(count_of(before, field), count_of(now, field), seconds));
  };
  return {.id = listed.jid,
          .cells = {count_cell(listed.jid), text_cell(listed.name), text_cell(listed.address),
                    count_cell(listed.processes), rate_cell(cpu), number_cell(memory, size_of),
                    limit_cell(now), number_cell(rate(io_of(before), io_of(now), seconds), size_of),
                    grown(&monitor::Counts::denied), grown(&monitor::Counts::execs),
                    uptime_cell(now, time), text_cell(listed.dying ? "dying" : "active")}};
}

double seconds_between(std::uint64_t before, std::uint64_t now) {
  return now > before ? static_cast<double>(now - before) / kSecond : 0;
}

}  // namespace

Table jail_table(const monitor::Sample& before, const monitor::Sample& now) {
  Table table{
      .columns = {{.heading = "JID", .key = "jid", .width = 5, .number = true},
                  {.heading = "NAME", .key = "name", .width = 12},
                  {.heading = "IP", .key = "ip", .width = 13},
                  {.heading = "PIDS", .key = "pids", .width = 5, .number = true},
                  {.heading = "CPU%", .key = "cpu_percent", .width = 5, .number = true},
                  {.heading = "MEM", .key = "memory", .width = 6, .number = true},
                  {.heading = "MEM.MAX", .key = "memory_max", .width = 7, .number = true},
                  {.heading = "IO/s", .key = "io_per_second", .width = 6, .number = true},
                  {.heading = "DENY/s", .key = "denied_per_second", .width = 6, .number = true},
                  {.heading = "EXEC/s", .key = "execs_per_second", .width = 6, .number = true},
                  {.heading = "UPTIME", .key = "uptime", .width = 8, .number = true},
                  {.heading = "STATE", .key = "state", .width = 6}}};
  const double seconds = seconds_between(before.time, now.time);
  for (const auto& jail : now.jails) {
    const auto old = std::ranges::find_if(before.jails, [&jail](const JailUsage& one) {
      return one.listed.jid == jail.listed.jid && one.listed.name == jail.listed.name;
    });
    const JailUsage none{.listed = {}};
    table.rows.push_back(row_of(old != before.jails.end() ? *old : none, jail, now.time, seconds));
  }
  return table;
}

Table process_table(const ProcessSample& before, const ProcessSample& now, long ticks) {
  Table table{.columns = {{.heading = "PID", .key = "pid", .width = 7, .number = true},
                          {.heading = "PPID", .key = "ppid", .width = 7, .number = true},
                          {.heading = "UID", .key = "uid", .width = 6, .number = true},
                          {.heading = "STATE", .key = "state", .width = 5},
                          {.heading = "CPU%", .key = "cpu_percent", .width = 5, .number = true},
                          {.heading = "MEM", .key = "memory", .width = 6, .number = true},
                          {.heading = "COMMAND", .key = "command", .width = 0, .command = true}}};
  const double seconds = seconds_between(before.time, now.time);
  for (const auto& process : now.processes) {
    const auto old = std::ranges::find(before.processes, process.pid, &monitor::Process::pid);
    std::optional<double> cpu;
    if (old != before.processes.end()) cpu = rate(old->cpu, process.cpu, seconds);
    if (cpu) *cpu *= kPercent / static_cast<double>(ticks);
    table.rows.push_back(
        {.id = static_cast<std::uint32_t>(process.pid),
         .cells = {count_cell(static_cast<std::uint64_t>(process.pid)),
                   count_cell(static_cast<std::uint64_t>(process.parent)), count_cell(process.uid),
                   text_cell(process.state), rate_cell(cpu),
                   number_cell(static_cast<double>(process.memory), size_of),
                   text_cell(process.command)}});
  }
  return table;
}

}  // namespace jailtop
