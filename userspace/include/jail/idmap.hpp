// SPDX-License-Identifier: BSD-2-Clause
// User and group IDs that mean others on the disk than in the jail: an idmapped mount of the root
// directory. The jail's processes are in no user namespace; one serves as the table only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

struct IdRange {
  enum class Kind { kBoth, kUser, kGroup };
  Kind kind = Kind::kBoth;
  std::uint32_t disk = 0;   ///< the first ID on the disk
  std::uint32_t jail = 0;   ///< what it is in the jail
  std::uint32_t count = 0;  ///< 1 and more

  bool operator==(const IdRange&) const = default;
};

using IdMap = std::vector<IdRange>;

/// Ranges separated by blanks or commas, each as X-mount.idmap of mount(8) has it:
/// [b:|u:|g:]DISK:JAIL:COUNT.
/// @return an error for ranges that overlap
[[nodiscard]] Result<IdMap> parse_idmap(std::string_view text);

/// What the ID @p jail of a user is on the disk; itself where it has no other.
[[nodiscard]] uid_t user_on_disk(const IdMap& map, uid_t jail);

/// Mounts a copy of the directory @p root on itself, in the caller's mount namespace, with what is
/// mounted below.
/// @param path  its name for messages
/// @return a descriptor of the copy
[[nodiscard]] Result<UniqueFd> mount_mapped(Kernel& kernel, int root, const std::string& path,
                                            const IdMap& map);

}  // namespace libjail
