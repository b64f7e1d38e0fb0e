// SPDX-License-Identifier: BSD-2-Clause
// jail -c, -m, -r, -R and -C: jails from a configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/messages.hpp"
#include "jail/conf/syntax.hpp"
#include "lifecycle/host.hpp"

namespace jail_tool {

struct Manage {
  bool create = false;
  bool modify = false;
  bool remove = false;                                ///< with the others: and start them again
  bool force = false;                                 ///< -R
  bool clean_up = false;                              ///< -C
  std::vector<std::string> names{};                   ///< of jails, wildcards, jail IDs; none: all
  std::optional<libjail::conf::Block> block{};        ///< a jail on the command line instead
  std::vector<std::string> argv{};                    ///< and its command
  std::vector<libjail::conf::Statement> overrides{};  ///< of -l, -u and -U
  std::optional<std::string> file{};
  std::optional<std::string> jid_file{};  ///< -J
  bool print_jid = false;                 ///< -i
  unsigned int at_a_time = 1;             ///< jails that are worked on
  cli::Verbosity verbosity = cli::Verbosity::kNormal;
};

/// On this host, with what is installed.
[[nodiscard]] int manage(libjail::Kernel& kernel, const Manage& request);

/// @param directory  where configurations are looked for, "/etc"
/// @return the exit status: 1 where anything failed
[[nodiscard]] int manage(const libjail::lifecycle::Host& host, const Manage& request,
                         const std::string& directory);

}  // namespace jail_tool
