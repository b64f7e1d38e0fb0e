// SPDX-License-Identifier: BSD-2-Clause
#include "session/root.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "session/channel.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace session {
namespace {

using libjail::UniqueFd;

class Root : public ::testing::Test {
 protected:
  libjail::Result<UniqueFd> look() { return root_of(kernel, jail.get(), "web"); }

  libjail::testing::FakeKernel kernel;
  UniqueFd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  UniqueFd jail{::fcntl(null.get(), F_DUPFD_CLOEXEC, kFirstFree)};
};

TEST_F(Root, is_passed_out) {
  const int before = libjail::testing::open_descriptors();
  {
    const auto root = look();
    ASSERT_THAT(root, libjail::testing::IsOk());
    struct stat seen {};
    struct stat there {};
    ASSERT_EQ(::fstat(root->get(), &seen), 0);
    ASSERT_EQ(::stat("/", &there), 0);  // the fake kernel's jails have the host's
    EXPECT_EQ(seen.st_ino, there.st_ino);
    EXPECT_EQ(::fcntl(root->get(), F_GETFD), FD_CLOEXEC);
  }
  EXPECT_EQ(libjail::testing::open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no process is left";
}

TEST_F(Root, refusal_is_passed_out) {
  kernel.fail("jail_attach", ESRCH);
  EXPECT_THAT(look(), libjail::testing::FailsWith("jail \"web\" is dying"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST_F(Root, whoever_is_inside_cannot_hold_us_up) {
  class Stopped : public libjail::testing::FakeKernel {
    libjail::Sys<void> jail_attach(int jail) override {
      static_cast<void>(::raise(SIGSTOP));
      return FakeKernel::jail_attach(jail);
    }
  } stopped;
  EXPECT_THAT(root_of(stopped, jail.get(), "web"),
              libjail::testing::FailsWith("the process that went in was ended"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

}  // namespace
}  // namespace session
