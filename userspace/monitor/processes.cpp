// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/processes.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace monitor {
namespace {

using libjail::Kernel;
using libjail::parse_number;

/// The first word of a line of /proc/PID/status.
std::string_view field(std::string_view status, std::string_view name) {
  const std::string start = "\n" + std::string(name) + ":";
  const auto found = status.find(start);
  if (found == std::string_view::npos) return {};
  status.remove_prefix(found + start.size());
  status.remove_prefix(std::min(status.find_first_not_of("\t "), status.size()));
  return status.substr(0, status.find_first_of("\t\n "));
}

template <class T>
T number(std::string_view status, std::string_view name) {
  return parse_number<T>(field(status, name)).value_or(0);
}

/// utime and stime of /proc/PID/stat. The name before them can hold anything but its last ')'.
std::uint64_t ticks_of(std::string_view stat) {
  constexpr std::size_t kUser = 12;  // words after the name
  stat.remove_prefix(std::min(stat.rfind(')'), stat.size()));
  const auto words = libjail::split(stat, ' ');
  if (words.size() < kUser + 2) return 0;
  return parse_number<std::uint64_t>(words[kUser]).value_or(0) +
         parse_number<std::uint64_t>(words[kUser + 1]).value_or(0);
}

std::string command_of(std::string text, std::string_view status) {
  while (text.ends_with('\0')) text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  return text.empty() ? "[" + std::string(field(status, "Name")) + "]" : text;
}

}  // namespace

std::vector<Process> processes_of(Kernel& kernel, const std::string& proc, std::uint32_t jid) {
  constexpr std::uint64_t kKibibyte = 1024;
  std::vector<Process> processes;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(proc, none)) {
    const std::string name = entry.path().filename();
    const auto pid = parse_number<pid_t>(name);
    if (!pid) continue;
    const std::string folder = entry.path().string() + "/";
    const auto text = [&](const char* file) {
      return libjail::read_file(kernel, AT_FDCWD, (folder + file).c_str()).value_or("");
    };
    const std::string status = "\n" + text("status");  // its first line has none before it
    if (parse_number<std::uint32_t>(field(status, "Jid")) != jid) continue;
    processes.push_back({.pid = *pid,
                         .parent = number<pid_t>(status, "PPid"),
                         .uid = number<uid_t>(status, "Uid"),
                         .state = std::string(field(status, "State")),
                         .memory = number<std::uint64_t>(status, "VmRSS") * kKibibyte,
                         .cpu = ticks_of(text("stat")),
                         .command = command_of(text("cmdline"), status)});
  }
  std::ranges::sort(processes, {}, &Process::pid);
  return processes;
}

}  // namespace monitor
