// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>

#include "jail/kernel.hpp"

namespace libjail::lifecycle {

/// What comes after @p root in @p path, without slashes in front; nothing where the path, as it is
/// written, is neither the root nor below it.
[[nodiscard]] std::optional<std::string> path_below(const std::string& path,
                                                    const std::string& root);

/// What comes after the directory @p root in @p path, whatever that is called there; nothing where
/// the path leads neither to it nor through it, or no further than to "..".
[[nodiscard]] std::optional<std::string> part_below(Kernel& kernel, const std::string& path,
                                                    int root);

}  // namespace libjail::lifecycle
