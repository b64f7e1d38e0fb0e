// SPDX-License-Identifier: BSD-2-Clause
// `jail -e`: what a configuration says of each jail, and what is wrong with it. Nothing is changed.
#pragma once

#include <string>

#include "cli/arguments.hpp"
#include "cli/messages.hpp"
#include "jail/kernel.hpp"

namespace jail_tool {

struct Exhibit {
  std::string file = "/etc/jail.conf";  ///< "-" for standard input
  std::string separator{};              ///< between parameters
  cli::Verbosity verbosity = cli::Verbosity::kNormal;
};

/// @return a line for each jail in the order of the file, and each mistake and warning; status 1
///         where there is a mistake
[[nodiscard]] cli::Stop exhibit(libjail::Kernel& kernel, const Exhibit& request);

}  // namespace jail_tool
