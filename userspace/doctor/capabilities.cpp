// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/capabilities.hpp"

#include <linux/capability.h>

#include <array>

namespace libjail::doctor {
namespace {

struct Capability {
  int number;
  const char* id;
  const char* sentence;
};

/// Those of unsafe_capabilities(); the first five are the oldest.
constexpr auto kCapabilities = std::to_array<Capability>({
    {CAP_SYS_BOOT, "cap-boot", "jailed root could reboot the host"},
    {CAP_SYS_MODULE, "cap-module", "jailed root could load code into the kernel"},
    {CAP_MKNOD, "cap-mknod", "jailed root could make a node of the host's disk"},
    {CAP_NET_ADMIN, "cap-netadmin", "jailed root could change the host's routes and firewall"},
    {CAP_SYS_RAWIO, "cap-rawio", "jailed root could write to hardware and memory"},
    {CAP_SYS_ADMIN, "cap-admin", "jailed root could mount, and much else"},
    {CAP_SYS_PTRACE, "cap-ptrace", "jailed root could read and change processes of others"},
    {CAP_DAC_READ_SEARCH, "cap-handle", "open_by_handle_at(2) opens files outside of the root"},
    {CAP_BPF, "cap-bpf", "jailed root could load BPF programs"},
    {CAP_PERFMON, "cap-perfmon", "jailed root could watch the whole host"},
    {CAP_LINUX_IMMUTABLE, "cap-immutable", "jailed root could change files that jails share"},
    {CAP_SYSLOG, "cap-syslog", "jailed root could read the kernel's log and addresses"},
    {CAP_SYS_TIME, "cap-time", "jailed root could set the host's clock"},
    {CAP_MAC_ADMIN, "cap-mac-admin", "jailed root could change the host's security policy"},
    {CAP_MAC_OVERRIDE, "cap-mac-override", "jailed root could pass over the security policy"},
    {CAP_AUDIT_CONTROL, "cap-audit-control", "jailed root could switch auditing off"},
    {CAP_CHECKPOINT_RESTORE, "cap-checkpoint", "jailed root could take chosen process IDs"},
    {CAP_AUDIT_READ, "cap-audit-read", "jailed root could read the host's audit log"},
    {CAP_SYS_PACCT, "cap-pacct", "jailed root could have the host's processes written down"},
    {CAP_WAKE_ALARM, "cap-wake-alarm", "jailed root could wake the host from its sleep"},
    {CAP_BLOCK_SUSPEND, "cap-block-suspend", "jailed root could keep the host from sleeping"},
});

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

}  // namespace

void check_ceiling(std::uint64_t ceiling, std::uint64_t known, bool keeps_chroot,
                   Collector& found) {
  for (const auto& [number, id, sentence] : kCapabilities) {
    if ((ceiling & bit(number)) == 0) continue;
    const std::string name = format_capmask(bit(number));
    found.add({.id = id,
               .level = Level::kUnsafe,
               .object = name,
               .sentence = sentence,
               .fix = "take " + name + " out of the ceiling"});
  }
  if ((ceiling & bit(CAP_SYS_CHROOT)) != 0 && !keeps_chroot) {
    found.add({.id = "cap-chroot",
               .level = Level::kWarning,
               .object = "sys_chroot",
               .sentence = "with this kernel a second chroot(2) leads out of the root directory",
               .fix = "boot a kernel with jails, or take sys_chroot out of the ceiling"});
  }
  if (const auto unknown = ceiling & ~known; unknown != 0) {
    found.add({.id = "cap-unknown",
               .level = Level::kUnsafe,
               .object = format_capmask(unknown),
               .sentence = "these bits name no capability of this kernel, but may of another",
               .fix = "take them out of the ceiling"});
  }
}

}  // namespace libjail::doctor
