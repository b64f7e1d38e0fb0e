// SPDX-License-Identifier: BSD-2-Clause
// What jls(8) knows of a jail.
#pragma once

#include <linux/jail.h>

#include <optional>
#include <string>
#include <vector>

#include "jail/kernel.hpp"
#include "jail/listing.hpp"
#include "jail/pid_namespace.hpp"

namespace jls_tool {

struct Jail {
  libjail::ListedJail listed;
  std::optional<jail_info> info{};  ///< where it was asked for, and not of a dying jail
  std::optional<bool> persist{};    ///< together with that: whether jail -c was told to keep it
};

/// Where the kernel tells of jails, and jail(8) of those that it started.
struct Sources {
  const char* listing = "/proc/jails";
  const char* status = "/proc/self/status";
  std::string state_dir = libjail::InitConfig().state_dir;
};

/// The jails below that of the caller, dying ones included. There is none in a jail.
[[nodiscard]] libjail::Result<std::vector<libjail::ListedJail>> list(libjail::Kernel& kernel,
                                                                     const Sources& sources);

/// Asks for the information of each jail; one that ended meanwhile leaves the list.
[[nodiscard]] libjail::Result<std::vector<Jail>> inform(libjail::Kernel& kernel,
                                                        const Sources& sources,
                                                        std::vector<libjail::ListedJail> jails);

}  // namespace jls_tool
