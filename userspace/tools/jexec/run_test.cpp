// SPDX-License-Identifier: BSD-2-Clause
// The whole of jexec(8) on a fake kernel: commands are real, the jail is not.
#include "tools/jexec/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "testing/fake_kernel.hpp"

namespace jexec_tool {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kListing =
    "jid parent state processes ceiling address name hostname path\n"
    "4 0 active 1 0 - web web /srv/web\n";

class Run : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.file("jails", kListing);
    std::ranges::copy(std::string_view("web"), kernel.info.name);
    group_ = ::getpgrp();
    ::setpgid(0, 0);  // the leader of a group waits in a parent and is not replaced
    ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
  }
  void TearDown() override {
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    ::setpgid(0, group_);
  }

  int run_command(Invocation invocation) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run(kernel, invocation, (folder / "jails").c_str());
    out = ::testing::internal::GetCapturedStdout();
    err = ::testing::internal::GetCapturedStderr();
    return status;
  }

  static session::Command shell(const std::string& script) {
    return {.argv = {"/bin/sh", "-c", script}};
  }

  libjail::testing::TempDir folder;
  libjail::testing::FakeKernel kernel;
  std::string out;
  std::string err;

 private:
  pid_t group_ = 0;
  sigset_t mask_{};
};

TEST_F(Run, status_is_the_commands_own) {
  EXPECT_EQ(run_command({.jail = "web", .command = shell("exit 7")}), 7);
  EXPECT_EQ(run_command({.jail = "4", .command = shell("kill -KILL $$")}), 128 + SIGKILL);
  EXPECT_EQ(err, "");
}

TEST_F(Run, command_that_is_not_there) {
  EXPECT_EQ(run_command({.jail = "web", .command = {.argv = {"/no/such/command"}}}), 127);
  EXPECT_EQ(err, "jexec: command /no/such/command is not in the jail\n");
}

TEST_F(Run, jail_that_is_not_there) {
  EXPECT_EQ(run_command({.jail = "db", .command = shell("exit 7")}), 125);
  EXPECT_THAT(err, HasSubstr("jexec: jail \"db\" not found"));
}

TEST_F(Run, jail_that_refuses) {
  kernel.fail("jail_attach", EBUSY);
  EXPECT_EQ(run_command({.jail = "web", .command = shell("exit 7")}), 125);
  EXPECT_THAT(err, HasSubstr("reaches outside of the jail"));
}

TEST_F(Run, kernel_without_jails_is_told_before_anything_is_done) {
  kernel.version_error = ENOSYS;
  EXPECT_EQ(run_command({.jail = "web", .command = shell("exit 7")}), 125);
  EXPECT_THAT(err, HasSubstr("has no jail() system call (boot a kernel"));
  EXPECT_THAT(kernel.calls, IsEmpty());
}

TEST_F(Run, without_privilege_nothing_is_done) {
  kernel.capabilities.effective = 0;
  EXPECT_EQ(run_command({.jail = "web", .command = shell("exit 7")}), 125);
  EXPECT_THAT(err, HasSubstr("run as root, outside of any jail"));
}

TEST_F(Run, named_user_has_a_home_and_a_name) {
  const Invocation invocation{
      .jail = "web",
      .user = {.source = libjail::UserRequest::Source::kHost, .name = "root"},
      .command = {.argv = {"/bin/sh", "-c", "echo $USER $LOGNAME $HOME $A"},
                  .environment = {{"HOME", "/else"}, {"A", "1"}}}};
  EXPECT_EQ(run_command(invocation), 0) << err;
  EXPECT_EQ(out, "root root /else 1\n");
}

TEST_F(Run, shell_of_the_user) {
  const Invocation invocation{
      .jail = "web",
      .user = {.source = libjail::UserRequest::Source::kJail, .name = "daemon", .details = true},
      .command = {}};
  EXPECT_EQ(run_command(invocation), 1) << "nologin, as the passwd file has it";
}

TEST_F(Run, unknown_user) {
  const Invocation invocation{
      .jail = "web",
      .user = {.source = libjail::UserRequest::Source::kJail, .name = "no-such-user"},
      .command = shell("exit 7")};
  EXPECT_EQ(run_command(invocation), 125);
  EXPECT_THAT(err, HasSubstr("user \"no-such-user\" is not in etc/passwd in the jail's root"));
}

TEST_F(Run, directory) {
  EXPECT_EQ(run_command({.jail = "web",
                         .command = {.argv = {"/bin/sh", "-c", "pwd"}, .directory = "/usr"}}),
            0);
  EXPECT_EQ(out, "/usr\n");
  EXPECT_EQ(run_command({.jail = "web", .command = {.argv = {"true"}, .directory = "/no/such"}}),
            125);
  EXPECT_THAT(err, HasSubstr("jexec: directory /no/such in the jail: No such file"));
}

}  // namespace
}  // namespace jexec_tool
