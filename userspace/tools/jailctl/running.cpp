// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/running.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace jailctl {
namespace {

using libjail::ListedJail;
using libjail::Result;

/// The first word of a line of /proc/PID/status.
std::string_view field(std::string_view status, std::string_view name) {
  const std::string start = "\n" + std::string(name) + ":\t";
  const auto found = status.find(start);
  if (found == std::string_view::npos) return {};
  status.remove_prefix(found + start.size());
  return status.substr(0, status.find_first_of("\t\n "));
}

std::string command_of(const Context& context, const std::string& folder, std::string_view status) {
  auto text =
      libjail::read_file(context.kernel, AT_FDCWD, (folder + "/cmdline").c_str()).value_or("");
  while (text.ends_with('\0')) text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  return text.empty() ? "[" + std::string(field(status, "Name")) + "]" : text;
}

}  // namespace

Result<std::vector<ListedJail>> running_jails(const Context& context) {
  auto jails = libjail::list_jails(context.kernel, (context.proc + "/jails").c_str());
  if (!jails && jails.error().code == ENOENT) return std::vector<ListedJail>();
  return jails;
}

Result<std::optional<ListedJail>> find_running(const Context& context, const std::string& jail) {
  auto jails = running_jails(context);
  if (!jails) return std::unexpected(jails.error());
  const auto jid = libjail::parse_number<std::uint32_t>(jail);
  for (auto& one : *jails) {
    if (jid ? one.jid == *jid : one.name == jail) return std::move(one);
  }
  return std::nullopt;
}

std::vector<Process> processes_of(const Context& context, std::uint32_t jid) {
  std::vector<Process> processes;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(context.proc, none)) {
    const std::string name = entry.path().filename();
    const auto pid = libjail::parse_number<pid_t>(name);
    if (!pid) continue;
    const std::string folder = context.proc + "/" + name;
    // Its first line has none before it.
    const std::string status =
        "\n" +
        libjail::read_file(context.kernel, AT_FDCWD, (folder + "/status").c_str()).value_or("");
    if (libjail::parse_number<std::uint32_t>(field(status, "Jid")) != jid) continue;
    processes.push_back({.pid = *pid,
                         .parent = libjail::parse_number<pid_t>(field(status, "PPid")).value_or(0),
                         .uid = libjail::parse_number<uid_t>(field(status, "Uid")).value_or(0),
                         .state = std::string(field(status, "State")),
                         .command = command_of(context, folder, status)});
  }
  std::ranges::sort(processes, {}, &Process::pid);
  return processes;
}

}  // namespace jailctl
