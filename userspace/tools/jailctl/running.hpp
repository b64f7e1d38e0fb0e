// SPDX-License-Identifier: BSD-2-Clause
// The jails that run.
#pragma once

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

}  // namespace jailctl
