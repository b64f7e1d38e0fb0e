// SPDX-License-Identifier: BSD-2-Clause
#include "session/root.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>

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

}  // namespace
}  // namespace session
