// SPDX-License-Identifier: BSD-2-Clause
#include "session/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <optional>

namespace session {
namespace {

using ::testing::HasSubstr;

class Child : public ::testing::Test {
 protected:
  int run(Command command) {
    const Job job{.messages = cli::Messages("jail", cli::Verbosity::kQuiet),
                  .command = std::move(command),
                  .enter = [this](unsigned int first_closed,
                                  const libjail::StepLog&) -> libjail::Result<libjail::Entered> {
                    closed_from = first_closed;
                    if (refusal) return std::unexpected(*refusal);
                    return libjail::Entered{};
                  },
                  .has_ptmx = [] { return false; }};
    ::testing::internal::CaptureStderr();
    sigset_t mask;
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    const int status = run_in_place(job, mask);
    printed = ::testing::internal::GetCapturedStderr();
    return status;
  }

  std::optional<libjail::Error> refusal;
  unsigned int closed_from = 0;
  std::string printed;
};

TEST_F(Child, failure_before_the_command_is_125) {
  refusal = {EBUSY, "enter", "wait"};
  EXPECT_EQ(run({.argv = {"true"}}), 125);
  EXPECT_EQ(printed, "jail: enter: Device or resource busy (wait)\n");
}

TEST_F(Child, missing_command_is_127) {
  EXPECT_EQ(run({.argv = {"/no/such/command"}}), 127);
  EXPECT_EQ(printed, "jail: command /no/such/command is not in the jail\n");
}

TEST_F(Child, command_that_cannot_run_is_126) {
  EXPECT_EQ(run({.argv = {"/dev/null"}}), 126);
  EXPECT_THAT(printed, HasSubstr("command /dev/null: Permission denied"));
}

TEST_F(Child, only_standard_descriptors_go_in) {
  EXPECT_EQ(run({.argv = {"/no/such/command"}}), 127);
  EXPECT_EQ(closed_from, 3U);
}

TEST_F(Child, missing_directory_is_125) {
  EXPECT_EQ(run({.argv = {"true"}, .directory = "/no/such"}), 125);
  EXPECT_EQ(printed, "jail: directory /no/such in the jail: No such file or directory\n");
}

}  // namespace
}  // namespace session
