// SPDX-License-Identifier: BSD-2-Clause
// What the subcommands on root directories share.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

/// Options that they all have.
struct RootOptions {
  std::string store = "/var/lib/jail";
  bool dry_run = false;
};

[[nodiscard]] std::vector<Option> common_options(RootOptions& options);
[[nodiscard]] Option store_option(std::string& store);

/// Messages and progress go to standard error, the latter only to a terminal.
[[nodiscard]] libjail::roots::Environment environment_of(const Context& context,
                                                         const RootOptions& options,
                                                         const std::string& name);

/// Removes a line of progress.
void end_progress();

/// Prints what -n asks for, or why there is nothing. @return the exit status
[[nodiscard]] int print_commands(const Context& context, const std::string& name,
                                 const libjail::Result<std::vector<std::string>>& commands);

/// Prints the error. @return kFailure
[[nodiscard]] int report(const Context& context, const std::string& name,
                         const libjail::Error& error);

}  // namespace jailctl
