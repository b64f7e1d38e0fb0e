// SPDX-License-Identifier: BSD-2-Clause
#include <utility>

#include "tools/jailctl/config.hpp"
#include "tools/jailctl/create.hpp"
#include "tools/jailctl/delegate.hpp"
#include "tools/jailctl/destroy.hpp"
#include "tools/jailctl/doctor.hpp"
#include "tools/jailctl/limits.hpp"
#include "tools/jailctl/list.hpp"
#include "tools/jailctl/mount.hpp"
#include "tools/jailctl/net.hpp"
#include "tools/jailctl/ps.hpp"
#include "tools/jailctl/stats.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

Operand jail_operand(std::string& jail) {
  return {.name = "JAIL", .help = "Name or jail ID", .take = [&jail](const std::string& value) {
            jail = value;
          }};
}

Operand several_operands(std::string name, std::string help, std::vector<std::string>& values) {
  return {.name = std::move(name),
          .help = std::move(help),
          .take = [&values](const std::string& value) { values.push_back(value); },
          .required = false,
          .several = true};
}

Option dry_run_option(bool& dry_run) {
  return {.names = "-n,--dry-run",
          .help = "Print the commands that would do the same, and change nothing",
          .take = [&dry_run](const std::string&) { dry_run = true; }};
}

Option file_option(std::string& file) {
  return {.names = "-f,--file",
          .help = "In place of /etc/jail.conf and its like",
          .value = "FILE",
          .take = [&file](const std::string& value) { file = value; }};
}

Option json_option(bool& json) {
  return {.names = "--json", .help = "Print JSON", .take = [&json](const std::string&) {
            json = true;
          }};
}

std::vector<Subcommand> subcommands() {
  return {list_subcommand(),    start_subcommand(),   stop_subcommand(),  restart_subcommand(),
          console_subcommand(), exec_subcommand(),    ps_subcommand(),    stats_subcommand(),
          config_subcommand(),  doctor_subcommand(),  net_subcommand(),   limits_subcommand(),
          create_subcommand(),  destroy_subcommand(), mount_subcommand(), umount_subcommand()};
}

}  // namespace jailctl
