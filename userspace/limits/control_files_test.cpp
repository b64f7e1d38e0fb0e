// SPDX-License-Identifier: BSD-2-Clause
#include "limits/control_files.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/matchers.hpp"

namespace libjail::limits {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsError;

std::vector<std::string> texts(const conf::Limits& limits, const Lifted& lifted = {}) {
  std::vector<std::string> all;
  const auto settings = settings_of(limits, lifted);
  if (!settings) return {settings.error().text()};
  for (const auto& setting : *settings) {
    all.push_back(std::string(setting.controller) + " " + setting.file + " " + setting.text);
  }
  return all;
}

TEST(ControlFiles, limits_as_the_kernel_takes_them) {
  EXPECT_THAT(texts({}), IsEmpty());
  EXPECT_THAT(texts({.memory = 268435456,
                     .cpu = 150,
                     .pids = 64,
                     .io = {{.device = "8:0", .rbps = 20, .wbps = {}, .riops = {}, .wiops = 7}}}),
              ElementsAre("memory memory.max 268435456", "cpu cpu.max 150000 100000",
                          "pids pids.max 64", "io io.max 8:0 rbps=20 wiops=7"));
}

TEST(ControlFiles, smallest_and_largest_share_of_cpus) {
  EXPECT_THAT(texts({.cpu = 1}), ElementsAre("cpu cpu.max 1000 100000"));
  EXPECT_THAT(texts({.cpu = 1000000}), ElementsAre("cpu cpu.max 1000000000 100000"));
}

TEST(ControlFiles, limits_that_are_lifted) {
  EXPECT_THAT(texts({}, {.memory = true, .cpu = true, .pids = true, .io = {"8:16"}}),
              ElementsAre("memory memory.max max", "cpu cpu.max max 100000", "pids pids.max max",
                          "io io.max 8:16 rbps=max wbps=max riops=max wiops=max"));
}

TEST(ControlFiles, devices) {
  EXPECT_EQ(*device_number("259:3"), "259:3");
  EXPECT_THAT(device_number("/dev/null"), IsError(ENOTBLK));
  EXPECT_THAT(device_number("/nowhere/sda"), FailsWith("device /nowhere/sda"));
  EXPECT_THAT(settings_of({.io = {{.device = "/dev/null", .rbps = 1}}}), IsError(ENOTBLK));
  EXPECT_THAT(settings_of({}, {.io = {"/dev/null"}}), IsError(ENOTBLK));
}

TEST(ControlFiles, values_read_back) {
  EXPECT_EQ(parse_max("4096\n"), 4096U);
  EXPECT_EQ(parse_max("max\n"), std::nullopt);
  EXPECT_EQ(parse_max(""), std::nullopt);
  EXPECT_EQ(parse_cpu_max("150000 100000\n"), 150);
  EXPECT_EQ(parse_cpu_max("1000 1000000\n"), 1) << "a limit is never shown as none";
  EXPECT_EQ(parse_cpu_max("max 100000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("5"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("5 0"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("18446744073709551615 1"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("100000000000000 1"), 2147483647);
  EXPECT_EQ(parse_keyed("usage_usec 12\nuser_usec 3\n", "usage_usec"), 12U);
  EXPECT_EQ(parse_keyed("usage_usec 12\nuser_usec 3\n", "user_usec"), 3U);
  EXPECT_EQ(parse_keyed("usage_usec 12\n", "usage"), std::nullopt);
}

TEST(ControlFiles, io_read_back) {
  EXPECT_THAT(parse_io_max("8:0 rbps=20 wbps=max riops=max wiops=7\n8:16 rbps=max wbps=1 "
                           "riops=max wiops=max\n"),
              ElementsAre(conf::IoLimit{.device = "8:0", .rbps = 20, .wiops = 7},
                          conf::IoLimit{.device = "8:16", .wbps = 1}));
  EXPECT_THAT(parse_io_max(""), IsEmpty());
  EXPECT_THAT(parse_io_stat("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n7:0 \n"),
              ElementsAre(IoUsage{.device = "8:0", .rbytes = 1, .wbytes = 2, .rios = 3, .wios = 4},
                          IoUsage{.device = "7:0"}));
}

}  // namespace
}  // namespace libjail::limits
