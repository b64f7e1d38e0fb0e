// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/parameters.hpp"

#include <linux/capability.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace libjail::conf {
namespace {

using enum Parameter::Type;
using enum Parameter::Support;

constexpr std::int64_t kMostInteger = std::numeric_limits<std::int32_t>::max();

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

constexpr Parameter yes(std::string_view name, Parameter::Type type) {
  return {.name = name, .type = type};
}

constexpr Parameter number(std::string_view name, std::int64_t least, std::int64_t most) {
  return {.name = name, .type = kInteger, .least = least, .most = most};
}

/// A bool that puts a capability into the ceiling or takes it out.
constexpr Parameter capability(std::string_view name, int number) {
  return {.name = name, .type = kBool, .capability = bit(number)};
}

constexpr Parameter unsafe(std::string_view name, int number, std::string_view reason) {
  return {
      .name = name, .type = kBool, .support = kUnsafe, .reason = reason, .capability = bit(number)};
}

constexpr Parameter other(std::string_view name, Parameter::Type type, Parameter::Support support,
                          std::string_view reason) {
  return {.name = name,
          .type = type,
          .support = support,
          .reason = reason,
          .least = std::numeric_limits<std::int32_t>::min(),
          .most = kMostInteger};
}

constexpr std::string_view kMounts =
    "a jail cannot mount; let the host do it with mount or mount.fstab";
constexpr std::string_view kHypervisor = "no virtual machines are run from within a jail";
constexpr std::string_view kReadOnly = "it can be read only";
constexpr std::string_view kLinuxulator = "the system calls of the jail are Linux's own";
constexpr std::string_view kHostIds = "Linux has one of them, the host's";
constexpr std::string_view kKeys = "the kernel keeps no keys and values with a jail";

constexpr auto kParameters = std::to_array<Parameter>({
    other("allow.adjtime", kBool, kImpossible, "one right moves and sets the clock: allow.settime"),
    unsafe("allow.chflags", CAP_LINUX_IMMUTABLE,
           "root of the jail could write to what the host or other jails share with it"),
    other("allow.dying", kBool, kNoEffect, "a jail that ends can be made again at once"),
    other("allow.extattr", kBool, kImpossible,
          "attributes of the system belong to the host; those of users need no leave"),
    capability("allow.mlock", CAP_IPC_LOCK),
    other("allow.mount", kBool, kImpossible, kMounts),
    other("allow.mount.devfs", kBool, kImpossible, kMounts),
    other("allow.mount.fdescfs", kBool, kImpossible, kMounts),
    other("allow.mount.fusefs", kBool, kImpossible, kMounts),
    other("allow.mount.linprocfs", kBool, kImpossible, kMounts),
    other("allow.mount.linsysfs", kBool, kImpossible, kMounts),
    other("allow.mount.nullfs", kBool, kImpossible, kMounts),
    other("allow.mount.procfs", kBool, kImpossible, kMounts),
    other("allow.mount.tmpfs", kBool, kImpossible, kMounts),
    other("allow.mount.zfs", kBool, kImpossible, kMounts),
    other("allow.nfsd", kBool, kImpossible, "the NFS server of the kernel belongs to the host"),
    other("allow.quotas", kBool, kImpossible, "quotas belong to the host"),
    other("allow.raw_sockets", kBool, kNotYet, "jails have no raw sockets"),
    other("allow.read_msgbuf", kBool, kImpossible, "the messages of the kernel belong to the host"),
    capability("allow.reserved_ports", CAP_NET_BIND_SERVICE),
    other("allow.routing", kBool, kImpossible, "the routes belong to the host"),
    other("allow.set_hostname", kBool, kNotYet, "the host name is fixed when the jail is made"),
    unsafe("allow.setaudit", CAP_AUDIT_CONTROL, "the audit of the host could be switched off"),
    unsafe("allow.settime", CAP_SYS_TIME, "the clock is that of the host and of every jail"),
    other("allow.socket_af", kBool, kImpossible, "sockets of other families know no walls"),
    other("allow.suser", kBool, kFixed, "give 'cap.ceiling = none' for a root without rights"),
    yes("allow.sysvipc", kBool),
    other("allow.unprivileged_parent_tampering", kBool, kNoEffect,
          "outside of the jail a user may do to his processes what Linux allows"),
    other("allow.unprivileged_proc_debug", kBool, kFixed, "debugging is not taken from users"),
    yes("allow.unsafe", kBool),
    other("allow.vmm", kBool, kImpossible, kHypervisor),
    other("allow.vmm_ppt", kBool, kImpossible, kHypervisor),
    yes("cap.ceiling", kList),
    other("children.cur", kInteger, kImpossible, kReadOnly),
    number("children.max", 0, kMostInteger),
    yes("command", kList),
    other("cpuset.id", kInteger, kNoEffect, "Linux has no numbers for sets of CPUs"),
    yes("depend", kList),
    number("devfs_ruleset", 0, 65535),
    other("dying", kBool, kImpossible, kReadOnly),
    {.name = "enforce_statfs",
     .type = kInteger,
     .support = kNoEffect,
     .reason = "statfs(2) tells of what can be reached from the root directory",
     .least = 0,
     .most = 2},
    other("env", kList, kNotYet, kKeys),
    yes("exec.clean", kBool),
    yes("exec.consolelog", kPath),
    yes("exec.created", kList),
    other("exec.fib", kInteger, kImpossible, "Linux has no numbered routing tables of processes"),
    yes("exec.jail_user", kString),
    yes("exec.poststart", kList),
    yes("exec.poststop", kList),
    yes("exec.prepare", kList),
    yes("exec.prestart", kList),
    yes("exec.prestop", kList),
    yes("exec.release", kList),
    yes("exec.start", kList),
    yes("exec.stop", kList),
    yes("exec.system_jail_user", kBool),
    yes("exec.system_user", kString),
    number("exec.timeout", 0, kMostInteger),
    yes("host", kSystem),
    other("host.domainname", kString, kNoEffect, kHostIds),
    other("host.hostid", kString, kNoEffect, kHostIds),
    yes("host.hostname", kString),
    other("host.hostuuid", kString, kNoEffect, kHostIds),
    yes("idmap", kList),
    yes("interface", kString),
    yes("ip4", kSystem),
    yes("ip4.addr", kList),
    other("ip4.saddrsel", kBool, kNoEffect, "a jail with one address has no choice of a source"),
    yes("ip6", kSystem),
    yes("ip6.addr", kList),
    other("ip6.saddrsel", kBool, kNoEffect, "a jail has no IPv6 addresses yet"),
    other("ip_hostname", kBool, kImpossible, "names are not looked up; give ip4.addr"),
    other("jid", kInteger, kNotYet, "the kernel chooses the jail ID"),
    yes("limit.cpu", kString),
    yes("limit.io", kList),
    yes("limit.memory", kString),
    number("limit.pids", 1, kMostInteger),
    other("linux", kSystem, kNoEffect, kLinuxulator),
    other("linux.osname", kString, kNoEffect, kLinuxulator),
    other("linux.osrelease", kString, kNoEffect, kLinuxulator),
    other("linux.oss_version", kString, kNoEffect, kLinuxulator),
    other("mac.label", kString, kNotYet, "the label is that of the process that makes the jail"),
    other("meta", kList, kNotYet, kKeys),
    yes("mount", kList),
    yes("mount.devfs", kBool),
    yes("mount.fdescfs", kBool),
    yes("mount.fstab", kList),
    yes("mount.procfs", kBool),
    yes("name", kString),
    other("osreldate", kInteger, kNoEffect, "the version of a jail's kernel is the host's"),
    other("osrelease", kString, kNoEffect, "the version of a jail's kernel is the host's"),
    other("parent", kInteger, kImpossible, kReadOnly),
    yes("path", kPath),
    yes("persist", kBool),
    yes("pid", kSystem),
    yes("seccomp", kString),
    other("securelevel", kInteger, kNoEffect, "what a jail may do is bounded by cap.ceiling"),
    number("stop.timeout", 0, kMostInteger),
    yes("sysvmsg", kSystem),
    yes("sysvsem", kSystem),
    yes("sysvshm", kSystem),
    yes("vlan", kString),
    yes("vnet", kSystem),
    yes("vnet.interface", kList),
    yes("vnet.nat", kBool),
    yes("vnet.rdr", kList),
    other("zfs.dataset", kList, kImpossible, "file systems are handed to no jail"),
    other("zfs.mount_snapshot", kInteger, kImpossible, kMounts),
});

static_assert(std::ranges::is_sorted(kParameters, {}, &Parameter::name));

const Parameter* find_exact(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kParameters, name, {}, &Parameter::name);
  return found != kParameters.end() && found->name == name ? found : nullptr;
}

/// How many characters have to be added, taken away or replaced (Levenshtein's distance).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Parameter> parameters() { return kParameters; }

std::optional<FoundParameter> find_parameter(std::string_view name) {
  if (const auto* exact = find_exact(name); exact != nullptr) {
    return FoundParameter{.parameter = exact, .negated = false};
  }
  const auto dot = name.rfind('.');
  const std::size_t last = dot == std::string_view::npos ? 0 : dot + 1;
  if (!name.substr(last).starts_with("no")) return {};
  const auto* found =
      find_exact(std::string(name.substr(0, last)) + std::string(name.substr(last + 2)));
  if (found == nullptr || (found->type != kBool && found->type != kSystem)) return {};
  return FoundParameter{.parameter = found, .negated = true};
}

std::string nearest_parameter(std::string_view name) {
  constexpr std::size_t kLongest = 64;  // no name is near to a longer one
  constexpr std::size_t kFar = 3;
  if (name.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = kFar;
  for (const auto& parameter : kParameters) {
    const std::size_t away = distance(name, parameter.name);
    if (away < least && away < parameter.name.size() / 2) {
      nearest = parameter.name;
      least = away;
    }
  }
  return std::string(nearest);
}

}  // namespace libjail::conf
