// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/subject.hpp"

#include <fcntl.h>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::doctor {

Result<Subject> subject_of(Kernel& kernel, const conf::JailConfig& config) {
  Subject subject{.name = config.name,
                  .root = config.path,
                  .owner = user_on_disk(config.idmap, 0),
                  .ceiling = config.ceiling,
                  .own_network = config.vnet,
                  .system_mounts = config.system_mounts,
                  .mounts = config.mounts};
  if (config.address) {
    subject.address = config.address->ip;
    subject.adds_address = config.address->alias || config.vlan;
  }
  for (const auto& file : config.fstabs) {
    const auto text = read_file(kernel, AT_FDCWD, file.c_str());
    if (!text) return fail(text.error(), file);
    for (const auto line : split(*text, '\n')) {
      auto parsed = conf::parse_mount_line(line, config.path);
      if (!parsed) return fail(parsed.error().code, file + ": " + parsed.error().what);
      const std::optional<conf::Mount> mount = *std::move(parsed);
      if (mount) subject.mounts.push_back(*mount);
    }
  }
  return subject;
}

Subject subject_of(const ListedJail& jail, pid_t process) {
  Subject subject{
      .name = jail.name, .root = jail.path, .ceiling = jail.ceiling, .process = process};
  const auto address = parse_address(jail.address).value_or(std::nullopt);
  if (address) subject.address = address->ip;
  return subject;
}

}  // namespace libjail::doctor
