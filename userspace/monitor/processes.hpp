// SPDX-License-Identifier: BSD-2-Clause
// What runs in a jail, by the files of proc(5).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "jail/kernel.hpp"

namespace monitor {

struct Process {
  pid_t pid{};
  pid_t parent{};
  uid_t uid{};
  std::string state;       ///< "S"
  std::uint64_t memory{};  ///< bytes in memory
  std::uint64_t cpu{};     ///< ticks of sysconf(_SC_CLK_TCK) used
  std::string command;     ///< with its arguments, or its name in brackets

  bool operator==(const Process&) const = default;
};

/// In the order of their numbers. One that ends meanwhile is left out.
[[nodiscard]] std::vector<Process> processes_of(libjail::Kernel& kernel, const std::string& proc,
                                                std::uint32_t jid);

}  // namespace monitor
