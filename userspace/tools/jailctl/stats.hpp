// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

[[nodiscard]] Subcommand stats_subcommand();

}  // namespace jailctl
