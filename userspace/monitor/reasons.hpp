// SPDX-License-Identifier: BSD-2-Clause
// The names of what the kernel tells by number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace monitor {

/// Of enum jail_event_kind, in its order: "create".
[[nodiscard]] std::span<const std::string_view> event_names();
/// Of enum jail_reason, in its order: "capability".
[[nodiscard]] std::span<const std::string_view> reason_names();

/// A name, or the number where a newer kernel has one that is not known here.
[[nodiscard]] std::string name_of(std::span<const std::string_view> names, std::uint32_t number);

/// A bit for each name of a list such as "deny,bind".
/// @return nothing where one is unknown, or the list is empty
[[nodiscard]] std::optional<std::uint32_t> mask_of(std::span<const std::string_view> names,
                                                   std::string_view list);

}  // namespace monitor
