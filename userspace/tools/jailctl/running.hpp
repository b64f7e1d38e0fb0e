// SPDX-License-Identifier: BSD-2-Clause
// The jails that run, and what runs in them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "jail/listing.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

/// @return none where the kernel has no jails
[[nodiscard]] libjail::Result<std::vector<libjail::ListedJail>> running_jails(
    const Context& context);

/// @param jail  a name or a jail ID
[[nodiscard]] libjail::Result<std::optional<libjail::ListedJail>> find_running(
    const Context& context, const std::string& jail);

struct Process {
  pid_t pid{};
  pid_t parent{};
  uid_t uid{};
  std::string state;    ///< "S"
  std::string command;  ///< with its arguments, or its name in brackets
};

/// In the order of their numbers.
[[nodiscard]] std::vector<Process> processes_of(const Context& context, std::uint32_t jid);

}  // namespace jailctl
