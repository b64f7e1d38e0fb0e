// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "lib/text.hpp"

namespace libjail::lifecycle {

/// What comes after @p root in @p path, without slashes in front; nothing where the path, as it is
/// written, is neither the root nor below it.
[[nodiscard]] inline std::optional<std::string> path_below(const std::string& path,
                                                           const std::string& root) {
  auto parts = split(path, '/');
  auto above = split(root, '/');
  std::erase(parts, "");
  std::erase(above, "");
  if (parts.size() < above.size() || !std::equal(above.begin(), above.end(), parts.begin())) {
    return {};
  }
  std::string rest;
  for (std::size_t i = above.size(); i < parts.size(); ++i) {
    rest += (rest.empty() ? "" : "/") + std::string(parts[i]);
  }
  return rest;
}

}  // namespace libjail::lifecycle
