// SPDX-License-Identifier: BSD-2-Clause
// The parameters of jails, with FreeBSD's names where FreeBSD has them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/jls/jail.hpp"

namespace jls_tool {

/// std::monostate: it has none, or it is not known.
using Value = std::variant<std::monostate, bool, std::string, std::vector<std::string>>;

struct Parameter {
  std::string_view name;
  bool read_only;  ///< jail(8) cannot set it
  bool from_info;  ///< not in the list of jails: it needs Jail::info, and so privilege
  Value (*value)(const Jail& jail);
};

/// All, in the order in which they are printed.
[[nodiscard]] std::span<const Parameter> all_parameters();

/// @return NULL for an unknown name
[[nodiscard]] const Parameter* find_parameter(std::string_view name);

/// Whether jail(8) would be told nothing by it, although it can be set.
[[nodiscard]] bool is_unused(const Parameter& parameter, const Jail& jail);

}  // namespace jls_tool
