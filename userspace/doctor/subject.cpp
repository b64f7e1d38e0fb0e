// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/subject.hpp"

#include <fcntl.h>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::doctor {

Result<Subject> subject_of(Kernel& kernel, const conf::JailConfig& config) {
  Subject subject{.name = config.name,
                  .root = config.path,
                  .ceiling = config.ceiling,
                  .system_mounts = config.system_mounts,
                  .mounts = config.mounts};
  if (config.address) {
    subject.address = config.address->ip;
    subject.adds_address = config.address->alias || config.vlan || config.vnet;
  }
  for (const auto& file : config.fstabs) {
    const auto text = read_file(kernel, AT_FDCWD, file.c_str());
    if (!text) return fail(text.error(), file);
    for (const auto line : split(*text, '\n')) {
      auto mount = conf::parse_mount_line(line, config.path);
      if (!mount) return fail(mount.error().code, file + ": " + mount.error().what);
      if (*mount) subject.mounts.push_back(**std::move(mount));
    }
  }
  return subject;
}

Subject subject_of(const ListedJail& jail, pid_t process) {
  Subject subject{
      .name = jail.name, .root = jail.path, .ceiling = jail.ceiling, .process = process};
  if (const auto address = parse_address(jail.address); address && *address) {
    subject.address = (*address)->ip;
  }
  return subject;
}

}  // namespace libjail::doctor
