// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/path_below.hpp"

#include <fcntl.h>

#include <algorithm>

#include "lib/text.hpp"

namespace libjail::lifecycle {
namespace {

bool leads_to(Kernel& kernel, const std::string& path, const struct stat& directory) {
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0};
  const auto found = kernel.openat2(AT_FDCWD, path.c_str(), how);
  const auto st = found ? kernel.fstat(found->get()) : std::unexpected(found.error());
  return st && st->st_dev == directory.st_dev && st->st_ino == directory.st_ino;
}

}  // namespace

std::optional<std::string> path_below(const std::string& path, const std::string& root) {
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

std::optional<std::string> part_below(Kernel& kernel, const std::string& path, int root) {
  const auto st = kernel.fstat(root);
  if (!st) return {};
  std::optional<std::string> below;
  bool inside = false;  // it goes through what the jail may have changed
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    if (!leads_to(kernel, path.substr(0, slash), *st)) continue;
    const auto rest = path.find_first_not_of('/', slash);
    below = rest == std::string::npos ? "" : path.substr(rest);  // the last, as there may be "..".
    const auto next = split(*below, '/').front();
    inside = inside || (next != "." && next != "..");
  }
  return inside ? below : std::nullopt;
}

}  // namespace libjail::lifecycle
