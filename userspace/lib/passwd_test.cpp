// SPDX-License-Identifier: BSD-2-Clause
#include "jail/passwd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsError;

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "\n"
    "short:x:1:1\n"
    "letters:x:one:1::/:/bin/sh\n"
    "negative:x:-1:1::/:/bin/sh\n"
    "wild:x:4294967295:1::/:/bin/sh\n"
    "www:x:33:33:www:/var/www:/usr/sbin/nologin\n"
    "www:x:0:0:second entry:/:/bin/sh\n";

constexpr const char* kGroup =
    "root:x:0:\nwww:x:33:\nlog:x:4:other,www\nssl:x:5:www\nbad:x:y:www\n";

UniqueFd open_root(const testing::TempDir& root) {
  return UniqueFd(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

TEST(Passwd, first_entry_counts) {
  const auto user = find_user(kPasswd, "www");
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (User{.name = "www",
                         .uid = 33,
                         .gid = 33,
                         .home = "/var/www",
                         .shell = "/usr/sbin/nologin",
                         .groups = {33}}));
}

TEST(Passwd, malformed_lines_are_nobody) {
  for (const char* name : {"short", "letters", "negative", "wild", "absent", "", "ww", "www:x"}) {
    EXPECT_FALSE(find_user(kPasswd, name)) << name;
  }
}

TEST(Passwd, groups_by_membership) {
  EXPECT_THAT(find_groups(kGroup, "www"), ElementsAre(4U, 5U));
  EXPECT_THAT(find_groups(kGroup, "ww"), ElementsAre());
  EXPECT_THAT(find_groups(kGroup, ""), ElementsAre());
}

TEST(Passwd, lookup_below_a_root) {
  const testing::TempDir root;
  root.file("etc/passwd", kPasswd);
  root.file("etc/group", kGroup);
  testing::FakeKernel kernel;
  const auto user = lookup_user(kernel, open_root(root).get(), "www");
  ASSERT_TRUE(user);
  EXPECT_THAT(user->groups, ElementsAre(33U, 4U, 5U));
}

TEST(Passwd, group_file_may_be_missing) {
  const testing::TempDir root;
  root.file("etc/passwd", kPasswd);
  testing::FakeKernel kernel;
  const auto user = lookup_user(kernel, open_root(root).get(), "www");
  ASSERT_TRUE(user);
  EXPECT_THAT(user->groups, ElementsAre(33U));
}

TEST(Passwd, failures_name_user_and_file) {
  const testing::TempDir root;
  testing::FakeKernel kernel;
  EXPECT_THAT(lookup_user(kernel, open_root(root).get(), "www"), IsError(ENOENT));
  root.file("etc/passwd", kPasswd);
  EXPECT_THAT(lookup_user(kernel, open_root(root).get(), "eve"),
              FailsWith("\"eve\" is not in etc/passwd in the jail's root"));
  root.folder("etc/group");
  EXPECT_THAT(lookup_user(kernel, open_root(root).get(), "www"), FailsWith("/etc/group"));
}

TEST(Passwd, hosts_own_files) {
  testing::FakeKernel kernel;
  const auto user = lookup_user(kernel, AT_FDCWD, "root");
  ASSERT_TRUE(user) << user.error().text();
  EXPECT_EQ(user->uid, 0U);
}

}  // namespace
}  // namespace libjail
