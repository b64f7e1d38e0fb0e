// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>

#include "doctor/findings.hpp"

namespace libjail::doctor {

/// cap-*: what in the ceiling breaks the wall.
/// @param known         all capabilities of the kernel, as a mask
/// @param keeps_chroot  the kernel keeps a jail in although it may call chroot(2)
void check_ceiling(std::uint64_t ceiling, std::uint64_t known, bool keeps_chroot, Collector& found);

}  // namespace libjail::doctor
