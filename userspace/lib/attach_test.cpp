// SPDX-License-Identifier: BSD-2-Clause
#include "jail/attach.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

constexpr const char* kHeader = "jid parent state processes ceiling address name hostname path\n";

class OpenJail : public ::testing::Test {
 protected:
  void list(const std::string& rows) const { folder.file("jails", kHeader + rows); }

  /// The name that the opened descriptor has, whatever its jid.
  void named(std::string_view name) {
    std::ranges::fill(kernel.info.name, '\0');
    std::ranges::copy(name, kernel.info.name);
  }

  Result<UniqueFd> open(const std::string& jail) {
    return open_jail(kernel, jail, (folder / "jails").c_str());
  }

  testing::TempDir folder;
  testing::FakeKernel kernel;
};

TEST_F(OpenJail, by_jid_needs_no_list) {
  EXPECT_THAT(open("7"), IsOk());
  EXPECT_THAT(kernel.calls, ElementsAre("jail_open 7"));
}

TEST_F(OpenJail, by_name) {
  list("3 0 active 1 0 - db db /db\n4 0 active 1 0 - web web /web\n");
  named("web");
  EXPECT_THAT(open("web"), IsOk());
  EXPECT_TRUE(kernel.called("jail_open 4"));
}

TEST_F(OpenJail, absent) {
  list("");
  EXPECT_THAT(open("web"), FailsWith("jail \"web\" not found"));
  EXPECT_THAT(open("web"), IsError(0));
  EXPECT_THAT(open(""), FailsWith("jail \"\" not found"));
  kernel.fail("jail_open 9", ESRCH);
  EXPECT_THAT(open("9"), FailsWith("jail 9 not found"));
  EXPECT_THAT(open("99999999999"), FailsWith("jail \"99999999999\" not found"));
}

TEST_F(OpenJail, dying) {
  list("4 0 dying 1 0 - web web /web\n");
  EXPECT_THAT(open("web"), FailsWith("jail \"web\" is dying"));
}

TEST_F(OpenJail, number_that_another_jail_got_meanwhile_is_not_taken) {
  list("4 0 active 1 0 - web web /web\n");
  named("other");
  const int before = testing::open_descriptors();
  EXPECT_THAT(open("web"), FailsWith("jail \"web\" not found"));
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST_F(OpenJail, that_ended_meanwhile_is_not_found) {
  list("4 0 active 1 0 - web web /web\n");
  kernel.fail("jail_open 4", ESRCH);
  EXPECT_THAT(open("web"), FailsWith("jail \"web\" not found"));
}

TEST_F(OpenJail, without_privilege) {
  list("4 0 active 1 0 - web web /web\n");
  kernel.fail("jail_open 4", EPERM);
  EXPECT_THAT(open("web"), FailsWith("jail \"web\": Operation not permitted (run as root"));
}

TEST_F(OpenJail, list_that_is_not_there) { EXPECT_THAT(open("web"), IsError(ENOENT)); }

class Attach : public ::testing::Test {
 protected:
  static constexpr unsigned int kFirst = 900;  // no number that the test itself uses

  Result<UniqueFd> attach_as(const std::optional<User>& user) {
    UniqueFd jail(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return attach(kernel, std::move(jail), "web", user, kFirst,
                  [this](const std::string& step) { steps.push_back(step); });
  }

  const User bob{.name = "bob", .uid = 7, .gid = 8, .home = {}, .shell = {}, .groups = {8, 9}};
  testing::FakeKernel kernel;
  std::vector<std::string> steps;
};

TEST_F(Attach, closes_all_but_the_jail_and_what_is_below) {
  const auto jail = attach_as({});
  ASSERT_THAT(jail, IsOk());
  EXPECT_EQ(jail->get(), static_cast<int>(kFirst));
  EXPECT_EQ(::fcntl(jail->get(), F_GETFD), FD_CLOEXEC);
  EXPECT_THAT(kernel.calls, ElementsAre("close_from 901", "jail_attach"));
}

TEST_F(Attach, ids_change_before_and_capabilities_go_after) {
  ASSERT_THAT(attach_as(bob), IsOk());
  EXPECT_THAT(kernel.calls,
              ElementsAre("setgroups 8 9", "setresgid 8", "keep_capabilities", "setresuid 7",
                          "capget", "capset", "close_from 901", "jail_attach", "capset none"));
  EXPECT_THAT(steps, ElementsAre("user bob, uid 7"));
}

TEST_F(Attach, root_keeps_what_the_ceiling_leaves) {
  ASSERT_THAT(attach_as(User{.name = "root", .home = {}, .shell = {}, .groups = {0}}), IsOk());
  EXPECT_FALSE(kernel.called("capset none"));
}

TEST_F(Attach, every_failure_is_an_error_and_leaks_nothing) {
  ASSERT_THAT(attach_as(bob), IsOk());
  const std::size_t count = kernel.calls.size();
  const int before = testing::open_descriptors();
  for (std::size_t i = 0; i < count; ++i) {
    testing::FakeKernel failing;
    failing.fail_at(i, EIO);
    UniqueFd jail(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto attached =
        attach(failing, std::move(jail), "web", bob, kFirst, [](const std::string&) {});
    EXPECT_THAT(attached, IsError(EIO)) << i;
    EXPECT_EQ(failing.calls.size(), i + 1) << "it stops there";
  }
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST_F(Attach, refusals_are_explained) {
  kernel.fail("jail_attach", ESRCH);
  EXPECT_THAT(attach_as({}), FailsWith("jail \"web\" is dying"));
  kernel.fail("jail_attach", EBUSY);
  EXPECT_THAT(attach_as({}), FailsWith("reaches outside of the jail (redirect"));
  kernel.fail("jail_attach", EPERM);
  EXPECT_THAT(attach_as({}), FailsWith("run as root"));
  kernel.fail("jail_attach", EINVAL);
  EXPECT_THAT(attach_as({}), FailsWith("PID and time namespace"));
}

}  // namespace
}  // namespace libjail
