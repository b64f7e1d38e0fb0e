// SPDX-License-Identifier: BSD-2-Clause
// Jails as text or as JSON, in FreeBSD's shapes.
#pragma once

#include <span>
#include <string>

#include "tools/jls/jail.hpp"
#include "tools/jls/request.hpp"

namespace jls_tool {

[[nodiscard]] std::string print_text(const Request& request, std::span<const Jail> jails);
[[nodiscard]] std::string print_json(const Request& request, std::span<const Jail> jails);

}  // namespace jls_tool
