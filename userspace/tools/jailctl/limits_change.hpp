// SPDX-License-Identifier: BSD-2-Clause
// The operands of jailctl limits that change something: memory=512M cpu=50% pids=max …
#pragma once

#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "limits/control_files.hpp"

namespace jailctl {

struct LimitsChange {
  libjail::conf::Limits limits;
  libjail::limits::Lifted lifted;
};

/// @param words  memory=SIZE, cpu=PERCENT%, pids=NUMBER, "io=DEVICE KEY=VALUE…"; "max" lifts a
///               limit, "io=DEVICE max" those of a device; each resource and device once
[[nodiscard]] libjail::Result<LimitsChange> parse_limits_change(
    const std::vector<std::string>& words);

}  // namespace jailctl
