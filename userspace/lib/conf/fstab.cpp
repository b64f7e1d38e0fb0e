// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/fstab.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "jail/conf/mount_line.hpp"
#include "lib/conf/trusted_file.hpp"
#include "lib/text.hpp"

namespace libjail::conf {
namespace {

std::unexpected<Error> refuse(Error error, const std::string& place) {
  error.what = "mount.fstab: " + place + error.what;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::vector<Mount>> read_fstabs(Kernel& kernel, const JailConfig& config) {
  std::vector<Mount> mounts;
  for (const auto& path : config.fstabs) {
    const auto file = read_trusted(kernel, path);
    if (!file) return refuse(file.error(), "");
    std::size_t number = 0;
    for (const auto line : split(file->text, '\n')) {
      ++number;
      auto parsed = parse_mount_line(line, config.path);
      if (!parsed) return refuse(parsed.error(), path + ":" + std::to_string(number) + ": ");
      std::optional<Mount>& mount = *parsed;
      if (mount) mounts.push_back(std::move(*mount));
    }
  }
  return mounts;
}

}  // namespace libjail::conf
