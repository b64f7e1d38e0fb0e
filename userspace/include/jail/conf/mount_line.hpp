// SPDX-License-Identifier: BSD-2-Clause
// Lines of fstab(5), as "mount" and "mount.fstab" have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"

namespace libjail::conf {

struct Mount {
  std::string source;
  std::string target;  ///< absolute, as the host sees it
  std::string type;
  std::vector<std::string> options;

  bool operator==(const Mount&) const = default;
};

/// @param line  "SOURCE TARGET TYPE [OPTION,… [DUMP [PASS]]]"; \040 and the like are blanks in a
///              name; '#' begins a comment
/// @param root  the jail's root directory, which the target has to be in or below
/// @return nothing for a line without any; an error for a target that is relative, has "." or ".."
///         in it or is elsewhere
[[nodiscard]] Result<std::optional<Mount>> parse_mount_line(std::string_view line,
                                                            std::string_view root);

}  // namespace libjail::conf
