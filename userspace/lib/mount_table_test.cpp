// SPDX-License-Identifier: BSD-2-Clause
#include "lib/mount_table.hpp"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>

#include "jail/linux_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

TEST(MountTable, fields_of_a_line) {
  const auto table = parse_mount_table(
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n");
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table[0], (MountEntry{.device = makedev(98, 0),
                                  .root = "/mnt1",
                                  .point = "/mnt2",
                                  .options = "rw,noatime",
                                  .type = "ext3",
                                  .super = "rw,errors=continue"}));
}

TEST(MountTable, no_optional_field_and_several) {
  const auto table = parse_mount_table(
      "1 0 0:1 / / rw - tmpfs - rw\n"
      "2 1 0:2 / /a rw shared:2 master:1 propagate_from:3 - tmpfs none ro\n");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].type, "tmpfs");
  EXPECT_FALSE(table[0].read_only());
  EXPECT_EQ(table[1].point, "/a");
  EXPECT_TRUE(table[1].read_only());
}

TEST(MountTable, names_are_unescaped) {
  const auto table = parse_mount_table("1 0 0:1 /a\\134b /c\\040d\\012e\\9 rw - tmpfs - rw\n");
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table[0].root, "/a\\b");
  EXPECT_EQ(table[0].point, "/c d\ne\\9");
}

TEST(MountTable, lines_that_are_none_are_passed_over) {
  EXPECT_TRUE(parse_mount_table("").empty());
  EXPECT_TRUE(
      parse_mount_table("1 0 0:1 / / rw\n1 0 x / / rw - a b c\n1 0 0:1 / / rw - a\n\n").empty());
}

TEST(MountTable, options_are_whole_words) {
  const MountEntry mount{.device = 0,
                         .root = "/",
                         .point = "/",
                         .options = "rw,nodevice",
                         .type = "tmpfs",
                         .super = "mode=ro"};
  EXPECT_TRUE(mount.has("rw"));
  EXPECT_FALSE(mount.has("nodev"));
  EXPECT_FALSE(mount.read_only());
}

TEST(MountTable, own_table_can_be_read) {
  LinuxKernel kernel;
  const auto table = read_mount_table(kernel, "/proc/self/mountinfo");
  ASSERT_THAT(table, testing::IsOk());
  EXPECT_FALSE(table->empty());
  EXPECT_THAT(read_mount_table(kernel, "/proc/none"), testing::IsError(ENOENT));
}

TEST(IsWithin, whole_components) {
  EXPECT_TRUE(is_within("/srv/web", "/srv/web"));
  EXPECT_TRUE(is_within("/srv/web/a", "/srv/web"));
  EXPECT_TRUE(is_within("/srv/web/a", "/srv/web/"));
  EXPECT_TRUE(is_within("/srv", "/"));
  EXPECT_TRUE(is_within("/", "/"));
  EXPECT_FALSE(is_within("/srv/webs", "/srv/web"));
  EXPECT_FALSE(is_within("/srv", "/srv/web"));
  EXPECT_FALSE(is_within("/", "/srv"));
}

}  // namespace
}  // namespace libjail
