// SPDX-License-Identifier: BSD-2-Clause
#include "jail/passwd.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail {
namespace {

/// (uid_t)-1 means "leave as it is" to setresuid(2), so it is never a user.
template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  const auto id = parse_number<Id>(text);
  return id && *id != static_cast<Id>(-1) ? id : std::nullopt;
}

}  // namespace

std::optional<User> find_user(std::string_view passwd, std::string_view name) {
  for (const auto line : split(passwd, '\n')) {
    const auto field = split(line, ':');
    if (field.size() != 7 || field[0] != name || name.empty()) continue;
    const auto uid = parse_id<uid_t>(field[2]);
    const auto gid = parse_id<gid_t>(field[3]);
    if (!uid || !gid) continue;
    return User{.name = std::string(name),
                .uid = *uid,
                .gid = *gid,
                .home = std::string(field[5]),
                .shell = std::string(field[6]),
                .groups = {*gid}};
  }
  return {};
}

std::vector<gid_t> find_groups(std::string_view group, std::string_view name) {
  std::vector<gid_t> groups;
  for (const auto line : split(group, '\n')) {
    const auto field = split(line, ':');
    if (field.size() != 4 || name.empty()) continue;
    const auto gid = parse_id<gid_t>(field[2]);
    if (gid && std::ranges::count(split(field[3], ','), name) > 0) groups.push_back(*gid);
  }
  return groups;
}

Result<User> lookup_user(Kernel& kernel, int root, const std::string& name) {
  const bool host = root == AT_FDCWD;
  const std::uint64_t resolve = host ? 0 : RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const std::string where = host ? "/etc/passwd" : "etc/passwd in the jail's root";

  const auto passwd = read_file(kernel, root, "/etc/passwd", resolve);
  if (!passwd) return fail(passwd.error(), "user \"" + name + "\": " + where);
  auto user = find_user(*passwd, name);
  if (!user) return fail(0, "user \"" + name + "\" is not in " + where);

  const auto group = read_file(kernel, root, "/etc/group", resolve);
  if (!group && group.error() != ENOENT) {
    return fail(group.error(), "user \"" + name + "\": /etc/group");
  }
  if (group) {
    for (const gid_t gid : find_groups(*group, name)) {
      if (std::ranges::count(user->groups, gid) == 0) user->groups.push_back(gid);
    }
  }
  return *user;
}

}  // namespace libjail
