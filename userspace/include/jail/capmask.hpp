// SPDX-License-Identifier: BSD-2-Clause
// Capability ceilings as text: what a jail may keep.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace libjail {

/// CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE IPC_OWNER
/// SYS_CHROOT: what an ordinary server needs and what breaks no wall.
inline constexpr std::uint64_t kDefaultCeiling = 0x000485fb;

/// The capabilities that break the wall; the kernel takes them with JAIL_UNSAFE_CAPS only.
[[nodiscard]] std::uint64_t unsafe_capabilities();

/// All capabilities that the running kernel knows.
[[nodiscard]] std::uint64_t known_capabilities();

/// @param text  "0x…", "none", "default", "all", a list of names ("chown,cap_kill"), or a list of
///              changes to the default ("+net_raw,-setpcap"). Names in any case, with or without
///              "cap_".
/// @return the mask; an error for an unknown name or bit, mixed forms, an empty item.
[[nodiscard]] Result<std::uint64_t> parse_capmask(std::string_view text);

/// "none", or names without "cap_", separated by commas; a bit without a name as its number.
[[nodiscard]] std::string format_capmask(std::uint64_t mask);

}  // namespace libjail
