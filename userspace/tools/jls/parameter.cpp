// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/parameter.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

#include "jail/capmask.hpp"

namespace jls_tool {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t now(clockid_t clock) {
  timespec time{};
  static_cast<void>(::clock_gettime(clock, &time));  // fails for unknown clocks only
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

/// A moment of CLOCK_BOOTTIME as UTC, as ISO 8601 has it.
std::string utc(std::uint64_t since_boot) {
  const std::int64_t age = now(CLOCK_BOOTTIME) - static_cast<std::int64_t>(since_boot);
  const std::time_t seconds = (now(CLOCK_REALTIME) - age) / kNanoseconds;
  std::tm parts{};
  std::array<char, 32> text{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// In sysctl's order: those without a dot come first.
constexpr auto kParameters = std::to_array<Parameter>({
    {"dying", true, false, [](const Jail& jail) -> Value { return jail.listed.dying; }},
    {"ip4", false, false,
     [](const Jail& jail) -> Value {
       return std::string(jail.listed.address.empty() ? "disable" : "new");
     }},
    {"jid", true, false, [](const Jail& jail) -> Value { return std::to_string(jail.listed.jid); }},
    {"name", false, false, [](const Jail& jail) -> Value { return jail.listed.name; }},
    {"parent", true, false,
     [](const Jail& jail) -> Value { return std::to_string(jail.listed.parent); }},
    {"path", false, false, [](const Jail& jail) -> Value { return jail.listed.path; }},
    {"persist", false, true,
     [](const Jail& jail) -> Value {
       if (!jail.persist) return {};
       return *jail.persist;
     }},
    {"processes", true, false,
     [](const Jail& jail) -> Value { return std::to_string(jail.listed.processes); }},
    {"start_time", true, true,
     [](const Jail& jail) -> Value {
       if (!jail.info) return {};
       return utc(jail.info->start_time);
     }},
    {"allow.unsafe", false, true,
     [](const Jail& jail) -> Value {
       if (!jail.info) return {};
       return (jail.info->flags & JAIL_UNSAFE_CAPS) != 0;
     }},
    {"cap.ceiling", false, false,
     [](const Jail& jail) -> Value { return libjail::format_capmask(jail.listed.ceiling); }},
    {"host.hostname", false, false, [](const Jail& jail) -> Value { return jail.listed.hostname; }},
    {"ip4.addr", false, false,
     [](const Jail& jail) -> Value {
       if (jail.listed.address.empty()) return std::vector<std::string>();
       return std::vector<std::string>{jail.listed.address};
     }},
});

}  // namespace

std::span<const Parameter> all_parameters() { return kParameters; }

const Parameter* find_parameter(std::string_view name) {
  const auto found = std::ranges::find(kParameters, name, &Parameter::name);
  return found == kParameters.end() ? nullptr : &*found;
}

bool is_unused(const Parameter& parameter, const Jail& jail) {
  if (parameter.name == "ip4.addr") return jail.listed.address.empty();
  // The name that a jail without one has is no name that one can be given.
  if (parameter.name == "name") return jail.listed.name == std::to_string(jail.listed.jid);
  return std::holds_alternative<std::monostate>(parameter.value(jail));
}

}  // namespace jls_tool
