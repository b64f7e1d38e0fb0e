// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/jail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace jls_tool {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kListing =
    "jid parent state processes ceiling address name hostname path\n"
    "4 0 active 1 21 - web web /srv/web\n";

class Jails : public ::testing::Test {
 protected:
  libjail::Result<std::vector<libjail::ListedJail>> list_jails() {
    const std::string listing = folder / "jails";
    const std::string status = folder / "status";
    return list(kernel, {.listing = listing.c_str(), .status = status.c_str()});
  }

  libjail::Result<std::vector<Jail>> inform_of(bool dying) {
    return inform(
        kernel, {.state_dir = folder.path()},
        {{.jid = 4, .dying = dying, .address = {}, .name = "web", .hostname = {}, .path = {}}});
  }

  void named(std::string_view name) {
    std::ranges::fill(kernel.info.name, '\0');
    std::ranges::copy(name, kernel.info.name);
  }

  libjail::testing::TempDir folder;
  libjail::testing::FakeKernel kernel;
};

TEST_F(Jails, list) {
  folder.file("jails", kListing);
  const auto jails = list_jails();
  ASSERT_THAT(jails, IsOk());
  EXPECT_EQ(jails->at(0).name, "web");
}

TEST_F(Jails, there_are_none_in_a_jail) {
  folder.file("status", "Name:\tsh\nJid:\t7\nUid:\t0\n");
  const auto jails = list_jails();
  ASSERT_THAT(jails, IsOk());
  EXPECT_THAT(*jails, IsEmpty());
}

TEST_F(Jails, list_that_cannot_be_read_is_not_an_empty_one) {
  folder.file("status", "Name:\tsh\nJid:\t0\nUid:\t0\n");
  EXPECT_THAT(list_jails(), FailsWith("mount proc on /proc"));
  kernel.version_error = ENOSYS;
  EXPECT_THAT(list_jails(), FailsWith("has no jail() system call"));
  folder.file("jails", "jid\nx\n");
  EXPECT_THAT(list_jails(), FailsWith("line 2 of the list of jails"));
}

TEST_F(Jails, information) {
  named("web");
  kernel.info.flags = JAIL_UNSAFE_CAPS;
  const auto jails = inform_of(false);
  ASSERT_THAT(jails, IsOk());
  ASSERT_TRUE(jails->at(0).info.has_value());
  EXPECT_EQ(jails->at(0).persist, false);
}

TEST_F(Jails, what_the_kernel_does_not_know_is_in_the_record) {
  named("web");
  folder.file("records/web/jail.conf", "web { path = /srv/web; persist; }\n");
  EXPECT_EQ(inform_of(false)->at(0).persist, true);
  folder.file("records/web/jail.conf", "web { path = /srv/web; }\n");
  EXPECT_EQ(inform_of(false)->at(0).persist, false);
  folder.file("records/web/jail.conf", "web {");
  EXPECT_EQ(inform_of(false)->at(0).persist, std::nullopt);
  EXPECT_EQ(inform_of(true)->at(0).persist, std::nullopt) << "it is dying";
}

TEST_F(Jails, dying_one_is_listed_without) {
  const auto jails = inform_of(true);
  ASSERT_THAT(jails, IsOk());
  ASSERT_THAT(*jails, SizeIs(1));
  EXPECT_FALSE(jails->at(0).info.has_value());
  EXPECT_THAT(kernel.calls, IsEmpty());
}

TEST_F(Jails, one_that_ended_meanwhile_is_gone) {
  kernel.fail("jail_open 4", ESRCH);
  EXPECT_THAT(*inform_of(false), IsEmpty());
}

TEST_F(Jails, another_one_with_its_number_is_not_taken_for_it) {
  named("other");
  EXPECT_THAT(*inform_of(false), IsEmpty());
}

TEST_F(Jails, information_needs_privilege) {
  kernel.fail("jail_open 4", EPERM);
  EXPECT_THAT(inform_of(false), FailsWith("information of jail \"web\": Operation not permitted"));
}

}  // namespace
}  // namespace jls_tool
