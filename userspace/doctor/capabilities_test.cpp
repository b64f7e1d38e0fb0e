// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/capabilities.hpp"

#include <gmock/gmock.h>
#include <linux/capability.h>

#include <array>
#include <set>

namespace libjail::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }
constexpr std::uint64_t kKnown = bit(CAP_LAST_CAP + 1) - 1;

std::vector<std::string> ids(std::uint64_t ceiling, bool keeps_chroot = true) {
  Collector found;
  check_ceiling(ceiling, kKnown, keeps_chroot, found);
  std::vector<std::string> result;
  for (const auto& finding : found.take().findings) result.push_back(finding.id);
  return result;
}

TEST(Ceiling, default_is_safe) {
  EXPECT_THAT(ids(kDefaultCeiling), IsEmpty());
  EXPECT_THAT(ids(0), IsEmpty());
  EXPECT_THAT(ids(kKnown & ~unsafe_capabilities()), IsEmpty());
}

TEST(Ceiling, each_by_its_own_name) {
  const auto cases =
      std::to_array<std::pair<int, const char*>>({{CAP_SYS_BOOT, "cap-boot"},
                                                  {CAP_SYS_MODULE, "cap-module"},
                                                  {CAP_MKNOD, "cap-mknod"},
                                                  {CAP_NET_ADMIN, "cap-netadmin"},
                                                  {CAP_SYS_RAWIO, "cap-rawio"},
                                                  {CAP_SYS_ADMIN, "cap-admin"},
                                                  {CAP_SYS_PTRACE, "cap-ptrace"},
                                                  {CAP_DAC_READ_SEARCH, "cap-handle"},
                                                  {CAP_BPF, "cap-bpf"},
                                                  {CAP_PERFMON, "cap-perfmon"},
                                                  {CAP_LINUX_IMMUTABLE, "cap-immutable"},
                                                  {CAP_SYSLOG, "cap-syslog"},
                                                  {CAP_SYS_TIME, "cap-time"},
                                                  {CAP_MAC_ADMIN, "cap-mac-admin"},
                                                  {CAP_MAC_OVERRIDE, "cap-mac-override"},
                                                  {CAP_AUDIT_CONTROL, "cap-audit-control"},
                                                  {CAP_CHECKPOINT_RESTORE, "cap-checkpoint"}});
  for (const auto& [number, id] : cases) EXPECT_THAT(ids(bit(number)), ElementsAre(id));
}

TEST(Ceiling, all_that_the_kernel_calls_unsafe_is_found) {
  const auto found = ids(unsafe_capabilities());
  EXPECT_EQ(std::set(found.begin(), found.end()).size(),
            static_cast<std::size_t>(__builtin_popcountll(unsafe_capabilities())));
}

TEST(Ceiling, chroot_needs_a_kernel_that_keeps_it_in) {
  EXPECT_THAT(ids(bit(CAP_SYS_CHROOT), false), ElementsAre("cap-chroot"));
  EXPECT_THAT(ids(0, false), IsEmpty());
}

TEST(Ceiling, bits_without_a_name) {
  EXPECT_THAT(ids(bit(63)), ElementsAre("cap-unknown"));
  EXPECT_THAT(ids(bit(CAP_LAST_CAP + 1)), ElementsAre("cap-unknown"));
}

}  // namespace
}  // namespace libjail::doctor
