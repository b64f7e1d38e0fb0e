// SPDX-License-Identifier: BSD-2-Clause
// The jails that jail.conf(5) defines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/resolve.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

/// @param file  in place of those in Context::etc, or empty
/// @return nothing where it is defined nowhere
[[nodiscard]] libjail::conf::Checked<std::optional<libjail::conf::JailSettings>> find_configured(
    const Context& context, const std::string& file, const std::string& name);

/// All of them: those of jail.conf, then one of each jail.NAME.conf and jail.conf.d/NAME.conf.
/// @param errors  gets what is wrong with some
[[nodiscard]] std::vector<libjail::conf::JailConfig> all_configured(
    const Context& context, const std::string& file, std::vector<libjail::Error>& errors);

}  // namespace jailctl
