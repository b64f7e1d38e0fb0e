// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"

namespace jail_tool {
namespace {

using ::testing::HasSubstr;

class Child : public ::testing::Test {
 protected:
  [[nodiscard]] Invocation invocation(std::vector<std::string> argv) const {
    return {.spec = *libjail::JailSpec::make({.path = root.path(), .mounts = false}),
            .command = {.argv = std::move(argv), .user = {}, .login = false},
            .verbosity = cli::Verbosity::kQuiet};
  }

  int run(std::vector<std::string> argv) {
    ::testing::internal::CaptureStderr();
    sigset_t mask;
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    const int status = run_in_place(kernel, invocation(std::move(argv)), mask);
    printed = ::testing::internal::GetCapturedStderr();
    return status;
  }

  libjail::testing::TempDir root;
  libjail::testing::FakeKernel kernel;
  std::string printed;
};

TEST_F(Child, failure_before_the_command_is_125) {
  kernel.fail("jail", EBUSY);
  EXPECT_EQ(run({"true"}), 125);
  EXPECT_THAT(printed, HasSubstr("reaches outside of the jail (redirect"));
}

TEST_F(Child, missing_command_is_127) {
  EXPECT_EQ(run({"/no/such/command"}), 127);
  EXPECT_EQ(printed, "jail: command /no/such/command is not in the jail\n");
  EXPECT_TRUE(kernel.called("jail"));
}

TEST_F(Child, command_that_cannot_run_is_126) {
  EXPECT_EQ(run({"/dev/null"}), 126);
  EXPECT_THAT(printed, HasSubstr("command /dev/null: Permission denied"));
}

TEST_F(Child, only_standard_descriptors_go_in) {
  EXPECT_EQ(run({"/no/such/command"}), 127);
  EXPECT_TRUE(kernel.called("close_from 3"));
}

}  // namespace
}  // namespace jail_tool
