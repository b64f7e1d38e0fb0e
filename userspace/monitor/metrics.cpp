// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/metrics.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/text.hpp"

namespace monitor {
namespace {

using libjail::limits::IoUsage;
using libjail::limits::Usage;
using Number = std::optional<std::uint64_t>;

constexpr std::uint64_t kNanoseconds = 1'000'000'000;
constexpr std::uint64_t kMicroseconds = 1'000'000;
constexpr std::uint64_t kPercent = 100;

/// The value of a label. Those of a path and a host name are a jail's own.
std::string quoted(std::string_view text) {
  std::string value = "\"";
  for (const char c : cli::escape(text)) {
    if (c == '"' || c == '\\') value += '\\';
    value += c;
  }
  return value + "\"";
}

/// @p value in units of which there are @p scale, without loss.
std::string fraction(std::uint64_t value, std::uint64_t scale) {
  std::string digits = std::to_string(value % scale);
  digits.insert(0, std::to_string(scale).size() - 1 - digits.size(), '0');
  return std::to_string(value / scale) + "." + digits;
}

class Text {
 public:
  /// Begins metrics of one name.
  void family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    if (kind == "counter") name_ += "_total";
    text_ += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " +
             std::string(name) + " " + std::string(kind) + "\n";
  }
  void add(const std::string& labels, const std::string& value) {
    text_ += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
  }
  std::string take() { return std::move(text_) + "# EOF\n"; }

 private:
  std::string name_;
  std::string text_;
};

std::string label(const JailUsage& jail) { return "jail=" + quoted(jail.listed.name); }

/// A number of each jail that has it.
template <class Value>
void add_each(Text& text, const Sample& sample, const Value& value) {
  for (const auto& jail : sample.jails) {
    if (jail.listed.dying) continue;
    if (const std::optional<std::string> found = value(jail); found) text.add(label(jail), *found);
  }
}

std::optional<std::string> plain(const Number& number) {
  if (!number) return {};
  return std::to_string(*number);
}

/// Of what stands in the files of the control group.
template <class Value>
void add_usage(Text& text, const Sample& sample, const Value& value) {
  add_each(text, sample, [&value](const JailUsage& jail) -> std::optional<std::string> {
    return jail.usage ? value(*jail.usage) : std::nullopt;
  });
}

void add_jails(Text& text, const Sample& sample) {
  std::size_t dying = 0;
  for (const auto& jail : sample.jails) dying += jail.listed.dying ? 1 : 0;
  text.family("jails", "gauge", "Number of jails by state.");
  text.add(R"(state="active")", std::to_string(sample.jails.size() - dying));
  text.add(R"(state="dying")", std::to_string(dying));
  text.family("jail_info", "gauge", "A jail; its value is always 1.");
  for (const auto& jail : sample.jails) {
    const auto& listed = jail.listed;
    if (listed.dying) continue;
    text.add(label(jail) + ",jid=\"" + std::to_string(listed.jid) + "\",parent=\"" +
                 std::to_string(listed.parent) + "\",address=" + quoted(listed.address) +
                 ",hostname=" + quoted(listed.hostname) + ",path=" + quoted(listed.path),
             "1");
  }
  text.family("jail_processes", "gauge", "Number of living processes.");
  add_each(text, sample, [](const JailUsage& jail) { return plain(jail.listed.processes); });
}

void add_start(Text& text, const Sample& sample, std::int64_t boot) {
  text.family("jail_start_time_seconds", "gauge", "When the jail was made, in seconds since 1970.");
  add_each(text, sample, [boot](const JailUsage& jail) -> std::optional<std::string> {
    if (!jail.start) return {};
    return fraction(static_cast<std::uint64_t>(boot) + *jail.start, kNanoseconds);
  });
}

void add_resources(Text& text, const Sample& sample) {
  text.family("jail_cpu_seconds", "counter", "Processor time used.");
  add_usage(text, sample, [](const Usage& usage) -> std::optional<std::string> {
    if (!usage.cpu_usec) return {};
    return fraction(*usage.cpu_usec, kMicroseconds);
  });
  text.family("jail_cpu_limit_ratio", "gauge", "Processors that may be used; absent: no limit.");
  add_usage(text, sample, [](const Usage& usage) -> std::optional<std::string> {
    if (!usage.limits.cpu) return {};
    return fraction(static_cast<std::uint64_t>(*usage.limits.cpu), kPercent);
  });
  text.family("jail_memory_bytes", "gauge", "Memory in use.");
  add_usage(text, sample, [](const Usage& usage) { return plain(usage.memory); });
  text.family("jail_memory_peak_bytes", "gauge", "The most memory that was in use.");
  add_usage(text, sample, [](const Usage& usage) { return plain(usage.memory_peak); });
  text.family("jail_memory_limit_bytes", "gauge", "Memory that may be used; absent: no limit.");
  add_usage(text, sample, [](const Usage& usage) { return plain(usage.limits.memory); });
  text.family("jail_tasks", "gauge", "Number of processes and threads in the control group.");
  add_usage(text, sample, [](const Usage& usage) { return plain(usage.pids); });
  text.family("jail_tasks_limit", "gauge", "Tasks that there may be; absent: no limit.");
  add_usage(text, sample, [](const Usage& usage) -> std::optional<std::string> {
    if (!usage.limits.pids) return {};
    return std::to_string(*usage.limits.pids);
  });
}

struct IoFamily {
  const char* name;
  const char* help;
  std::uint64_t IoUsage::*value;
};

void add_io(Text& text, const Sample& sample) {
  constexpr auto kFamilies = std::to_array<IoFamily>(
      {{"jail_io_read_bytes", "Bytes read from a device.", &IoUsage::rbytes},
       {"jail_io_written_bytes", "Bytes written to a device.", &IoUsage::wbytes},
       {"jail_io_reads", "Read operations on a device.", &IoUsage::rios},
       {"jail_io_writes", "Write operations on a device.", &IoUsage::wios}});
  for (const auto& family : kFamilies) {
    text.family(family.name, "counter", family.help);
    for (const auto& jail : sample.jails) {
      if (!jail.usage) continue;
      for (const auto& device : jail.usage->io) {
        text.add(label(jail) + ",device=" + quoted(device.device),
                 std::to_string(device.*family.value));
      }
    }
  }
}

void add_counts(Text& text, const Sample& sample) {
  const auto number = [&](std::uint64_t Counts::*field) {
    add_each(text, sample, [field](const JailUsage& jail) -> std::optional<std::string> {
      if (!jail.counts) return {};
      return std::to_string((*jail.counts).*field);
    });
  };
  text.family("jail_forks", "counter", "Tasks that entered the jail or were made in it.");
  number(&Counts::forks);
  text.family("jail_denials", "counter", "What the jail was refused.");
  number(&Counts::denied);
}

}  // namespace

std::string to_metrics(const Sample& sample, std::int64_t boot) {
  Text text;
  add_jails(text, sample);
  add_start(text, sample, boot);
  add_resources(text, sample);
  add_io(text, sample);
  add_counts(text, sample);
  return text.take();
}

}  // namespace monitor
