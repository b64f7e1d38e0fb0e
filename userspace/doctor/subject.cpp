// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/subject.hpp"

#include "lib/conf/fstab.hpp"

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
  const auto more = conf::read_fstabs(kernel, config);
  if (!more) return std::unexpected(more.error());
  subject.mounts.insert(subject.mounts.end(), more->begin(), more->end());
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
