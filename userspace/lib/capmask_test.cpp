// SPDX-License-Identifier: BSD-2-Clause
#include "jail/capmask.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::FailsWith;
using testing::HasValue;
using testing::IsError;

constexpr std::uint64_t kChown = 1U << 0;
constexpr std::uint64_t kKill = 1U << 5;
constexpr std::uint64_t kSetpcap = 1U << 8;
constexpr std::uint64_t kNetRaw = 1U << 13;

TEST(Capmask, default_is_the_published_mask) {
  EXPECT_THAT(parse_capmask("default"), HasValue(0x485fbU));
  EXPECT_EQ(format_capmask(kDefaultCeiling),
            "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,"
            "ipc_owner,sys_chroot");
}

TEST(Capmask, words) {
  EXPECT_THAT(parse_capmask("none"), HasValue(0U));
  EXPECT_THAT(parse_capmask("all"), HasValue(known_capabilities()));
  EXPECT_EQ(known_capabilities() & 0x1ffffffffffU, 0x1ffffffffffU) << "41 since Linux 5.9";
}

TEST(Capmask, hexadecimal) {
  EXPECT_THAT(parse_capmask("0x0"), HasValue(0U));
  EXPECT_THAT(parse_capmask("0x485FB"), HasValue(kDefaultCeiling));
  EXPECT_THAT(parse_capmask("0X21"), HasValue(kChown | kKill));
}

TEST(Capmask, hexadecimal_refused) {
  for (const char* text : {"0x", "0xg", "0x1 ", "0x-1", "0x10000000000000000", "0x1,0x2"}) {
    EXPECT_THAT(parse_capmask(text), IsError(EINVAL)) << text;
  }
}

TEST(Capmask, bits_above_the_last_capability_are_named) {
  EXPECT_THAT(parse_capmask("0x8000000000000001"), FailsWith("63"));
}

TEST(Capmask, decimal_is_ambiguous) {
  EXPECT_THAT(parse_capmask("10"), FailsWith("hexadecimal"));
  EXPECT_THAT(parse_capmask("0"), IsError(EINVAL));
}

TEST(Capmask, names_are_exact) {
  EXPECT_THAT(parse_capmask("chown"), HasValue(kChown));
  EXPECT_THAT(parse_capmask("chown,kill"), HasValue(kChown | kKill));
  EXPECT_THAT(parse_capmask("CAP_CHOWN,cap_kill,Kill"), HasValue(kChown | kKill));
}

TEST(Capmask, changes_start_from_the_default) {
  EXPECT_THAT(parse_capmask("+net_raw"), HasValue(kDefaultCeiling | kNetRaw));
  EXPECT_THAT(parse_capmask("-setpcap"), HasValue(kDefaultCeiling & ~kSetpcap));
  EXPECT_THAT(parse_capmask("+cap_net_raw,-setpcap"),
              HasValue((kDefaultCeiling | kNetRaw) & ~kSetpcap));
}

TEST(Capmask, lists_refused) {
  EXPECT_THAT(parse_capmask(""), FailsWith("empty item"));
  EXPECT_THAT(parse_capmask("chown,"), FailsWith("empty item"));
  EXPECT_THAT(parse_capmask(",chown"), FailsWith("empty item"));
  EXPECT_THAT(parse_capmask("chown,+kill"), FailsWith("mixes"));
  EXPECT_THAT(parse_capmask("+kill,chown"), FailsWith("mixes"));
  EXPECT_THAT(parse_capmask("+"), FailsWith("no capability \"\""));
  EXPECT_THAT(parse_capmask("chwon"), FailsWith("\"chwon\""));
  EXPECT_THAT(parse_capmask("cap_cap_chown"), IsError(EINVAL));
  EXPECT_THAT(parse_capmask("chown kill"), IsError(EINVAL));
  EXPECT_THAT(parse_capmask("none,chown"), IsError(EINVAL));
}

TEST(Capmask, format_round_trip) {
  for (const std::uint64_t mask :
       {std::uint64_t{1}, kDefaultCeiling, known_capabilities(), kNetRaw}) {
    EXPECT_THAT(parse_capmask(format_capmask(mask)), HasValue(mask));
  }
  EXPECT_EQ(format_capmask(0), "none");
}

TEST(Capmask, default_breaks_no_wall) {
  EXPECT_EQ(kDefaultCeiling & unsafe_capabilities(), 0U);
  for (const char* name :
       {"sys_admin", "sys_module", "sys_rawio", "sys_boot", "sys_time", "mknod", "net_admin",
        "dac_read_search", "syslog", "bpf", "perfmon", "checkpoint_restore", "sys_ptrace",
        "mac_admin", "mac_override", "audit_control", "linux_immutable"}) {
    const auto mask = parse_capmask(name);
    ASSERT_THAT(mask, testing::IsOk());
    EXPECT_NE(*mask & unsafe_capabilities(), 0U) << name;
  }
}

}  // namespace
}  // namespace libjail
