// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/device.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>

namespace libjail::doctor {
namespace {

constexpr const char* kDevices =
    "Character devices:\n  1 mem\n 10 misc\n226 drm\n240 nvme\n241 gpiochip\n242 unheard\n\n"
    "Block devices:\n  8 sd\n243 virtblk\n";
constexpr const char* kMisc = "120 kvm\n121 device-mapper\n122 something\n";

std::string id_of(mode_t mode, unsigned int high, unsigned int low) {
  const Drivers drivers([] { return Drivers::Texts{.devices = kDevices, .misc = kMisc}; });
  const auto judgement = judge_device(mode, makedev(high, low), drivers);
  return judgement ? judgement->id : "";
}

TEST(Device, what_a_jail_may_have) {
  for (const unsigned int low : {3U, 5U, 7U, 8U, 9U}) EXPECT_EQ(id_of(S_IFCHR, 1, low), "");
  EXPECT_EQ(id_of(S_IFCHR, 5, 0), "");
  EXPECT_EQ(id_of(S_IFCHR, 5, 2), "");
  EXPECT_EQ(id_of(S_IFCHR, 136, 0), "");
  EXPECT_EQ(id_of(S_IFCHR, 143, 255), "");
}

TEST(Device, what_a_jail_may_not_have) {
  struct Case {
    unsigned int high;
    unsigned int low;
    const char* id;
  };
  for (const auto& [high, low, id] : std::to_array<Case>({
           {1, 1, "dev-mem"},      {1, 2, "dev-mem"},     {1, 4, "dev-mem"},
           {10, 175, "dev-mem"},   {1, 11, "dev-other"},  {10, 236, "dev-block"},
           {10, 237, "dev-block"}, {21, 0, "dev-block"},  {9, 128, "dev-block"},
           {4, 0, "dev-tty"},      {4, 64, "dev-tty"},    {5, 1, "dev-tty"},
           {7, 129, "dev-tty"},    {5, 3, "dev-other"},   {13, 64, "dev-input"},
           {10, 223, "dev-input"}, {226, 128, "dev-dri"}, {29, 0, "dev-dri"},
           {10, 200, "dev-tun"},   {202, 0, "dev-hw"},    {203, 1, "dev-hw"},
           {89, 0, "dev-hw"},      {10, 144, "dev-hw"},   {10, 130, "dev-hw"},
           {10, 232, "dev-hw"},    {10, 196, "dev-hw"},   {10, 229, "dev-hw"},
           {144, 0, "dev-other"},  {135, 0, "dev-other"}, {400, 0, "dev-other"},
       })) {
    EXPECT_EQ(id_of(S_IFCHR, high, low), id) << high << ":" << low;
  }
}

TEST(Device, every_block_device_is_a_disk) {
  EXPECT_EQ(id_of(S_IFBLK, 8, 0), "dev-block");
  EXPECT_EQ(id_of(S_IFBLK, 1, 3), "dev-block") << "the number of null is that of a RAM disk here";
  EXPECT_EQ(id_of(S_IFBLK, 4095, 1), "dev-block");
}

TEST(Device, drivers_with_changing_numbers) {
  EXPECT_EQ(id_of(S_IFCHR, 240, 0), "dev-block");
  EXPECT_EQ(id_of(S_IFCHR, 241, 0), "dev-hw");
  EXPECT_EQ(id_of(S_IFCHR, 242, 0), "dev-other");
  EXPECT_EQ(id_of(S_IFCHR, 243, 0), "dev-other") << "the list of block devices does not count";
  EXPECT_EQ(id_of(S_IFCHR, 10, 120), "dev-hw");
  EXPECT_EQ(id_of(S_IFCHR, 10, 121), "dev-block");
  EXPECT_EQ(id_of(S_IFCHR, 10, 122), "dev-other");
  EXPECT_EQ(judge_device(S_IFCHR, makedev(240, 0), Drivers())->id, std::string("dev-other"));
}

TEST(Device, drivers_are_read_once_and_only_where_the_number_says_nothing) {
  int reads = 0;
  const Drivers drivers([&reads] {
    ++reads;
    return Drivers::Texts{.devices = kDevices, .misc = kMisc};
  });
  EXPECT_FALSE(judge_device(S_IFCHR, makedev(1, 3), drivers));
  EXPECT_TRUE(judge_device(S_IFCHR, makedev(1, 1), drivers));
  EXPECT_TRUE(judge_device(S_IFBLK, makedev(8, 0), drivers));
  EXPECT_EQ(reads, 0);
  EXPECT_TRUE(judge_device(S_IFCHR, makedev(240, 0), drivers));
  EXPECT_TRUE(judge_device(S_IFCHR, makedev(10, 120), drivers));
  EXPECT_EQ(reads, 1);
}

TEST(Device, names) {
  EXPECT_EQ(device_name(S_IFBLK, makedev(8, 1)), "b 8:1");
  EXPECT_EQ(device_name(S_IFCHR, makedev(10, 236)), "c 10:236");
}

}  // namespace
}  // namespace libjail::doctor
