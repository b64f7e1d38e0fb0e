// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/preview.hpp"

#include "doctor/text.hpp"
#include "jail/capmask.hpp"
#include "lifecycle/file_systems.hpp"
#include "limits/control_files.hpp"
#include "network/commands.hpp"

namespace libjail::lifecycle {
namespace {

using doctor::shell_word;
using Lines = std::vector<std::string>;

void add_on_host(const Lines& commands, const conf::Commands& exec, Lines& lines) {
  const std::string user =
      exec.system_user.empty() ? "" : "su -s /bin/sh " + shell_word(exec.system_user) + " -c ";
  for (const auto& command : commands) {
    lines.push_back((user.empty() ? "sh -c " : user) + shell_word(command));
  }
}

void add_in_jail(const Lines& commands, const conf::JailConfig& config, Lines& lines) {
  const auto& exec = config.commands;
  std::string jexec = "jexec ";
  if (exec.clean) jexec += "-l ";
  if (!exec.jail_user.empty()) {
    jexec += (exec.jail_user_of_host ? "-u " : "-U ") + shell_word(exec.jail_user) + " ";
  }
  for (const auto& command : commands) {
    lines.push_back(jexec + shell_word(config.name) + " sh -c " + shell_word(command) +
                    (exec.consolelog.empty() ? "" : " >>" + shell_word(exec.consolelog) + " 2>&1"));
  }
}

std::string mount_command(const conf::Mount& mount) {
  const auto plan = plan_mount(mount);
  std::string options;
  for (const auto& option : mount.options) options += (options.empty() ? "" : ",") + option;
  return "mount " +
         (plan.bind ? std::string(plan.recursive ? "--rbind" : "--bind") : "-t " + plan.type) +
         (options.empty() ? "" : " -o " + shell_word(options)) + " " + shell_word(mount.source) +
         " " + shell_word(mount.target);
}

void add_mounts(const conf::JailConfig& config, Lines& lines) {
  for (const auto& mount : config.mounts) {
    if (!plan_mount(mount).skipped) lines.push_back(mount_command(mount));
  }
  for (const auto& fstab : config.fstabs) lines.push_back("mount -a -T " + shell_word(fstab));
  if (!config.system_mounts) return;
  const std::string root = config.path;
  lines.push_back("mount -t proc proc " + shell_word(root + "/proc"));
  lines.push_back("mount -t tmpfs tmpfs " + shell_word(root + "/dev"));
  lines.push_back("mount -t devpts -o newinstance devpts " + shell_word(root + "/dev/pts"));
  lines.push_back("mount -t tmpfs tmpfs " + shell_word(root + "/dev/shm"));
}

}  // namespace

Result<Lines> start_commands(Kernel& kernel, const network::NetworkConfig& network,
                             const std::string& cgroup_root, const conf::JailConfig& config) {
  if (const auto spec = config.spec(); !spec) return std::unexpected(spec.error());
  const auto addresses = network::preview(kernel, network, config);
  if (!addresses) return std::unexpected(addresses.error());
  const auto limits = limits::settings_of(config.limits);
  if (!limits) return std::unexpected(limits.error());
  const auto& exec = config.commands;
  Lines lines;
  add_on_host(exec.prepare, exec, lines);
  const auto add_network = [&] { lines.insert(lines.end(), addresses->begin(), addresses->end()); };
  const bool moves = !config.vnet_interfaces.empty();
  if (!moves) add_network();
  const std::string group = cgroup_root + "/jail/" + config.name;
  lines.push_back("mkdir " + group);
  for (const auto& limit : *limits) {
    lines.push_back("echo " + shell_word(limit.text) + " >" + group + "/" + limit.file);
  }
  add_on_host(exec.prestart, exec, lines);
  if (moves) add_network();
  add_mounts(config, lines);
  const auto& address = config.address;
  lines.push_back("jail(2): root " + shell_word(config.path) + ", ceiling " +
                  format_capmask(config.ceiling) + ", address " +
                  (address ? format_ip(address->ip) : "none"));
  add_on_host(exec.created, exec, lines);
  add_in_jail(exec.start, config, lines);
  add_in_jail(exec.command, config, lines);
  add_on_host(exec.poststart, exec, lines);
  return lines;
}

Lines stop_commands(const conf::JailConfig& config) {
  const auto& exec = config.commands;
  Lines lines;
  add_on_host(exec.prestop, exec, lines);
  add_in_jail(exec.stop, config, lines);
  if (config.stop_timeout > 0) {
    lines.push_back("jexec " + shell_word(config.name) + " kill -TERM -1; sleep " +
                    std::to_string(config.stop_timeout));
  }
  lines.push_back("jail -R " + shell_word(config.name));
  add_on_host(exec.poststop, exec, lines);
  add_on_host(exec.release, exec, lines);
  return lines;
}

}  // namespace libjail::lifecycle
