// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

[[nodiscard]] Subcommand net_subcommand();

}  // namespace jailctl
