// SPDX-License-Identifier: BSD-2-Clause
// passwd(5) and group(5) without NSS: a static program has none, and a jail's own files must never
// be read through the host's name services.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

struct User {
  std::string name;
  uid_t uid{};
  gid_t gid{};
  std::string home;
  std::string shell;
  std::vector<gid_t> groups;  ///< the primary group first

  bool operator==(const User&) const = default;
};

/// The entry of @p name in the text of a passwd file; malformed lines are passed over.
[[nodiscard]] std::optional<User> find_user(std::string_view passwd, std::string_view name);

/// The groups in the text of a group file that list @p name as a member.
[[nodiscard]] std::vector<gid_t> find_groups(std::string_view group, std::string_view name);

/// Looks @p name up below @p root, whose symbolic links never lead out of it; AT_FDCWD means the
/// host's own files. A missing group file means no further groups.
[[nodiscard]] Result<User> lookup_user(Kernel& kernel, int root, const std::string& name);

}  // namespace libjail
