// SPDX-License-Identifier: BSD-2-Clause
#include "jail/pid_namespace.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

constexpr const char* kHeader = "jid parent state processes ceiling address name hostname path\n";

class Init : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.file("jails", std::string(kHeader) + "5 0 active 1 0 - web web /\n");
    kernel.info.jid = 5;
    kernel.info.start_time = 77;
    is_in(5);
  }
  /// What /proc says of this process.
  void is_in(int jid) {
    folder.file(std::to_string(::getpid()) + "/status",
                "Name:\tinit\nJid:\t" + std::to_string(jid) + "\n");
  }
  [[nodiscard]] bool is_found() {
    const auto found = find_init(kernel, config, -1);
    EXPECT_THAT(found, IsOk());
    return found && *found;
  }
  [[nodiscard]] bool has_file() const { return ::access((folder / "init/5").c_str(), F_OK) == 0; }

  testing::TempDir folder;
  testing::FakeKernel kernel;
  InitConfig config{.state_dir = folder.path(), .listing = folder / "jails", .proc = folder.path()};
};

TEST_F(Init, is_remembered_and_found) {
  EXPECT_FALSE(is_found()) << "a jail without one";
  ASSERT_THAT(remember_init(kernel, config, -1, ::getpid()), IsOk());
  EXPECT_TRUE(is_found());
  const auto found = find_init(kernel, config, -1);
  EXPECT_GE(found->get(), 16);
  EXPECT_EQ(::fcntl(found->get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(Init, another_jail_with_the_number_has_none) {
  ASSERT_THAT(remember_init(kernel, config, -1, ::getpid()), IsOk());
  kernel.info.start_time = 78;
  EXPECT_FALSE(is_found());
}

TEST_F(Init, process_that_is_elsewhere_is_none) {
  ASSERT_THAT(remember_init(kernel, config, -1, ::getpid()), IsOk());
  is_in(0);
  EXPECT_FALSE(is_found()) << "the number means another process by now";
  is_in(55);
  EXPECT_FALSE(is_found());
}

TEST_F(Init, malformed_file_is_none) {
  folder.folder("init");
  for (const char* text : {"", "\n", "1\n", "x 77\n", "-1 77\n", "1 77 3\n", "99999999999 77\n"}) {
    folder.file("init/5", text);
    EXPECT_FALSE(is_found()) << text;
  }
}

TEST_F(Init, goes_with_its_jail) {
  EXPECT_THAT(sweep_inits(kernel, config), IsOk()) << "nothing was ever there";
  ASSERT_THAT(remember_init(kernel, config, -1, ::getpid()), IsOk());
  ASSERT_THAT(sweep_inits(kernel, config), IsOk());
  EXPECT_TRUE(has_file());
  folder.file("jails", kHeader);
  ASSERT_THAT(sweep_inits(kernel, config), IsOk());
  EXPECT_FALSE(has_file());
}

/// What the child tells by its exit status.
int status_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Fork, without_a_namespace_is_an_ordinary_one) {
  const auto child = PidNamespace().fork();
  ASSERT_THAT(child, IsOk());
  if (*child == 0) ::_exit(7);
  EXPECT_EQ(status_of(*child), 7);
  EXPECT_TRUE(PidNamespace().is_callers());
}

TEST(Fork, into_a_new_one_and_the_parent_comes_back) {
  testing::FakeKernel kernel;
  const int before = testing::open_descriptors();
  const auto place = PidNamespace::fresh(kernel);
  EXPECT_TRUE(place.is_fresh());
  const auto child = place.fork();
  ASSERT_THAT(child, IsOk());
  if (*child == 0) ::_exit(kernel.calls.size() == 1 ? 7 : 8);
  EXPECT_EQ(status_of(*child), 7);
  EXPECT_THAT(kernel.calls, ElementsAre("unshare", "enter_pid_namespace"));
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST(Fork, refusals) {
  testing::FakeKernel kernel;
  kernel.fail("unshare", ENOSPC);
  EXPECT_THAT(PidNamespace::fresh(kernel).fork(), IsError(ENOSPC));
  testing::FakeKernel other;
  other.fail("enter_pid_namespace", EPERM);
  const auto child = PidNamespace::fresh(other).fork();
  while (child && *child == 0) ::pause();  // it is killed, and must not go on as a second test
  EXPECT_THAT(child, FailsWith("leave the PID namespace"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

}  // namespace
}  // namespace libjail
