// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

[[nodiscard]] Subcommand mount_subcommand();
[[nodiscard]] Subcommand umount_subcommand();

}  // namespace jailctl
