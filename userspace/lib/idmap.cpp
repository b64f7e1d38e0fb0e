// SPDX-License-Identifier: BSD-2-Clause
#include "jail/idmap.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "lib/text.hpp"

namespace libjail {
namespace {

using Kind = IdRange::Kind;

constexpr std::size_t kMostRanges = 340;  // UID_GID_MAP_MAX_EXTENTS
constexpr std::uint64_t kIds = std::numeric_limits<std::uint32_t>::max();  // the last one is none

std::unexpected<Error> malformed(std::string_view text) {
  return fail(0, "range of IDs \"" + std::string(text) + "\"",
              "give DISK:JAIL:COUNT, such as 100000:0:65536");
}

Result<IdRange> parse_range(std::string_view text) {
  auto words = split(text, ':');
  IdRange range;
  if (words.size() == 4) {
    if (words[0] == "u") {
      range.kind = Kind::kUser;
    } else if (words[0] == "g") {
      range.kind = Kind::kGroup;
    } else if (words[0] != "b") {
      return malformed(text);
    }
    words.erase(words.begin());
  }
  if (words.size() != 3) return malformed(text);
  const auto disk = parse_number<std::uint32_t>(words[0]);
  const auto jail = parse_number<std::uint32_t>(words[1]);
  const auto count = parse_number<std::uint32_t>(words[2]);
  if (!disk || !jail || !count || *count == 0) return malformed(text);
  if (std::uint64_t{*disk} + *count > kIds || std::uint64_t{*jail} + *count > kIds) {
    return fail(
        0, "range of IDs \"" + std::string(text) + "\" ends above " + std::to_string(kIds - 1));
  }
  range.disk = *disk;
  range.jail = *jail;
  range.count = *count;
  return range;
}

bool meet(std::uint32_t one, std::uint32_t ones, std::uint32_t other, std::uint32_t others) {
  return one < std::uint64_t{other} + others && other < std::uint64_t{one} + ones;
}

bool overlap(const IdRange& one, const IdRange& other) {
  const bool same = one.kind == other.kind || one.kind == Kind::kBoth || other.kind == Kind::kBoth;
  return same && (meet(one.disk, one.count, other.disk, other.count) ||
                  meet(one.jail, one.count, other.jail, other.count));
}

/// As uid_map and gid_map of user_namespaces(7) have it.
std::string table(const IdMap& map, Kind without) {
  std::string text;
  for (const auto& range : map) {
    if (range.kind == without) continue;
    text += std::to_string(range.disk) + " " + std::to_string(range.jail) + " " +
            std::to_string(range.count) + "\n";
  }
  return text;
}

}  // namespace

Result<IdMap> parse_idmap(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, ',', ' ');
  std::ranges::replace(plain, '\t', ' ');
  IdMap map;
  for (const auto word : split(plain, ' ')) {
    if (word.empty()) continue;
    const auto range = parse_range(word);
    if (!range) return std::unexpected(range.error());
    if (std::ranges::any_of(map, [&](const IdRange& one) { return overlap(one, *range); })) {
      return fail(0, "range of IDs \"" + std::string(word) + "\" overlaps with another");
    }
    map.push_back(*range);
  }
  if (map.empty()) return malformed(text);
  if (map.size() > kMostRanges) {
    return fail(0, "more than " + std::to_string(kMostRanges) + " ranges of IDs");
  }
  return map;
}

uid_t user_on_disk(const IdMap& map, uid_t jail) {
  for (const auto& range : map) {
    if (range.kind == Kind::kGroup || jail < range.jail || jail - range.jail >= range.count) {
      continue;
    }
    return range.disk + (jail - range.jail);
  }
  return jail;
}

Result<UniqueFd> mount_mapped(Kernel& kernel, int root, const std::string& path, const IdMap& map) {
  const auto ids = kernel.make_user_namespace(table(map, Kind::kGroup), table(map, Kind::kUser));
  if (!ids) {
    return fail(ids.error(), "make the table of IDs",
                ids.error() == ENOSPC ? "sysctl user.max_user_namespaces allows none" : "");
  }
  auto copy = kernel.clone_mount(root, true);
  if (!copy) return fail(copy.error(), "copy the mount of " + path);
  if (const auto mapped = kernel.map_mount(copy->get(), ids->get()); !mapped) {
    return fail(mapped.error(), "map the IDs of " + path,
                mapped.error() == EINVAL
                    ? "its file system, or one that is mounted below it, cannot do that, as "
                      "overlayfs (jailctl create --copy makes roots that can)"
                : mapped.error() == EPERM ? "they are mapped already"
                                          : "");
  }
  if (const auto moved = kernel.move_mount(copy->get(), root); !moved) {
    return fail(moved.error(), "mount " + path + " with other IDs");
  }
  return std::move(*copy);
}

}  // namespace libjail
