// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>

namespace monitor {

/// What was refused, as people call it: "cap_sys_admin" of the kernel's "capability 21",
/// "AF_PACKET SOCK_RAW protocol 768" of "family 17 type 3 protocol 768". Anything else stays.
[[nodiscard]] std::string object_text(std::string_view object);

}  // namespace monitor
