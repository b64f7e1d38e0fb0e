// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/reasons.hpp"

#include <linux/jail.h>

#include <algorithm>
#include <array>

#include "lib/text.hpp"
#include "monitor/bpf/events.h"

namespace monitor {
namespace {

constexpr auto kEvents =
    std::to_array<std::string_view>({"create", "attach", "exit", "deny", "bind", "connect"});
static_assert(kEvents.size() == JAIL_EVENT_KINDS);

constexpr auto kReasons = std::to_array<std::string_view>(
    {"capability", "namespace", "process", "signal", "ptrace", "procfs", "sysctl", "path", "file",
     "mount", "device", "tty", "keyring", "socket", "address", "netlink", "system"});
static_assert(kReasons.size() == JAIL_REASON_SYSTEM + 1);

}  // namespace

std::span<const std::string_view> event_names() { return kEvents; }
std::span<const std::string_view> reason_names() { return kReasons; }

std::string name_of(std::span<const std::string_view> names, std::uint32_t number) {
  return number < names.size() ? std::string(names[number]) : std::to_string(number);
}

std::optional<std::uint32_t> mask_of(std::span<const std::string_view> names,
                                     std::string_view list) {
  std::uint32_t mask = 0;
  for (const auto word : libjail::split(list, ',')) {
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) return {};
    mask |= 1U << (found - names.begin());
  }
  return mask;
}

}  // namespace monitor
