// SPDX-License-Identifier: BSD-2-Clause
// Events of jails for people and for programs. A jailed process has a say in its name and in what
// it asks for: nothing of that reaches a terminal as it is.
#pragma once

#include <cstdint>
#include <string>

#include "monitor/bpf/events.h"

namespace monitor {

/// What the event says beside who was concerned: "capability cap_sys_admin: EPERM (jail_capable)".
[[nodiscard]] std::string detail_of(const jail_event& event);

/// The headings of to_line(), with a newline.
[[nodiscard]] std::string line_heading();
/// A line of columns, with a newline.
/// @param boot  nanoseconds of the clock (since 1970) when that of the events was 0
[[nodiscard]] std::string to_line(const jail_event& event, std::int64_t boot);
/// A line with a JSON object, in ASCII.
[[nodiscard]] std::string to_json(const jail_event& event, std::int64_t boot);

/// What two events have in common that are the same to somebody who wants to see each once: all
/// but the time and the number of the process.
[[nodiscard]] std::string identity_of(const jail_event& event);

}  // namespace monitor
