// SPDX-License-Identifier: BSD-2-Clause
// The whole of jail(8) on a fake kernel: commands are real, the jail is not.
#include "tools/jail/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "testing/fake_kernel.hpp"
#include "tools/jail/keeper.hpp"

namespace jail_tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kListing = "jid parent state processes ceiling address name hostname path\n";

class Run : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.file("jails", kListing);
    ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
  }
  void TearDown() override { ::sigprocmask(SIG_SETMASK, &mask_, nullptr); }

  Invocation invocation(std::vector<std::string> argv, bool alias) const {
    libjail::JailSpec::Fields fields{.path = folder.path(), .unsafe = true, .mounts = false};
    if (alias) {
      fields.address = libjail::Address{
          .ip = 0x0a020304,
          .alias = libjail::Alias{.ip = 0x0a020304, .interface = "eth0", .prefix = 24}};
    }
    return {.spec = *libjail::JailSpec::make(std::move(fields)),
            .user = {},
            .command = {.argv = std::move(argv)},
            .verbosity = cli::Verbosity::kNormal};
  }

  /// With an alias, so that a parent waits and the test process is not replaced.
  int run_command(std::vector<std::string> argv) {
    ::testing::internal::CaptureStderr();
    const int status = run(kernel, invocation(std::move(argv), true), config);
    printed = ::testing::internal::GetCapturedStderr();
    return status;
  }

  bool state_left() const {
    return ::access((folder / "run/addresses/10.2.3.4").c_str(), F_OK) == 0;
  }

  std::vector<std::string> verbs() const {
    std::vector<std::string> result;
    for (const auto& run : kernel.runs) result.push_back(run.at(2));
    return result;
  }

  libjail::testing::TempDir folder;
  libjail::testing::FakeKernel kernel;
  libjail::AliasConfig config{
      .state_dir = folder / "run", .helper = "/h", .listing = folder / "jails"};
  std::string printed;

 private:
  sigset_t mask_{};
};

TEST_F(Run, status_is_the_commands_own) {
  EXPECT_EQ(run_command({"/bin/sh", "-c", "exit 7"}), 7);
  EXPECT_EQ(printed, "");
  EXPECT_EQ(run_command({"/bin/true"}), 0);
}

TEST_F(Run, status_of_a_signal) {
  EXPECT_EQ(run_command({"/bin/sh", "-c", "kill -KILL $$"}), 128 + SIGKILL);
}

TEST_F(Run, address_is_there_for_the_command_only) {
  EXPECT_EQ(run_command({"/bin/true"}), 0);
  EXPECT_THAT(verbs(), ElementsAre("add", "del"));
  EXPECT_FALSE(state_left());
}

TEST_F(Run, failures_of_the_command_are_told_by_the_parent) {
  EXPECT_EQ(run_command({"/no/such/command"}), 127);
  EXPECT_EQ(printed, "jail: command /no/such/command is not in the jail\n");
  EXPECT_THAT(verbs(), ElementsAre("add", "del"));
}

TEST_F(Run, refusal_of_the_kernel_takes_the_address_away_again) {
  kernel.fail("jail", EADDRINUSE);
  EXPECT_EQ(run_command({"/bin/true"}), 125);
  EXPECT_THAT(printed, HasSubstr("address 10.2.3.4 belongs to another jail"));
  EXPECT_THAT(verbs(), ElementsAre("add", "del"));
  EXPECT_FALSE(state_left());
}

TEST_F(Run, address_that_cannot_be_added_ends_it) {
  kernel.run_status = 1;
  EXPECT_EQ(run_command({"/bin/true"}), 125);
  EXPECT_THAT(printed, HasSubstr("ip address add 10.2.3.4/24 dev eth0 failed"));
  EXPECT_FALSE(state_left());
}

TEST_F(Run, kernel_without_jails_is_told_before_anything_is_done) {
  kernel.version_error = ENOSYS;
  EXPECT_EQ(run_command({"/bin/true"}), 125);
  EXPECT_THAT(printed, HasSubstr("has no jail() system call (boot a kernel"));
  EXPECT_THAT(verbs(), IsEmpty());
  EXPECT_THAT(kernel.calls, IsEmpty());
}

TEST_F(Run, without_privilege_nothing_is_done) {
  kernel.capabilities.effective = 0;
  EXPECT_EQ(run_command({"/bin/true"}), 125);
  EXPECT_THAT(printed, HasSubstr("run as root"));
  EXPECT_THAT(verbs(), IsEmpty());
}

TEST_F(Run, command_gets_the_callers_signal_mask) {
  EXPECT_EQ(run_command({"/bin/sh", "-c", "kill -TERM $$; exit 1"}), 128 + SIGTERM);
}

TEST_F(Run, signal_is_passed_on) {
  const pid_t self = ::getpid();
  const std::string script =
      "trap 'exit 33' USR1; kill -USR1 " + std::to_string(self) + "; while :; do sleep 0.05; done";
  EXPECT_EQ(run_command({"/bin/sh", "-c", script}), 33);
}

TEST_F(Run, jail_that_lives_on_keeps_its_address_until_it_is_empty) {
  kernel.info.nr_processes = 1;  // what the command left behind
  EXPECT_EQ(run_command({"/bin/true"}), 0);
  EXPECT_THAT(verbs(), ElementsAre("add")) << "the keeper runs in a process of its own";
  for (int i = 0; state_left() && i < 500; ++i) ::usleep(10000);
  EXPECT_FALSE(state_left());
  ::waitpid(-1, nullptr, 0);
}

TEST_F(Run, keeper_waits) {
  kernel.info.nr_processes = 1;
  kernel.fail("jail_wait", EBADF);  // cannot wait, so it must look at the list of jails
  folder.file("jails", std::string(kListing) + "1 0 active 1 0 10.2.3.4 web web /\n");
  EXPECT_EQ(run_command({"/bin/true"}), 0);
  ::waitpid(-1, nullptr, 0);
  EXPECT_TRUE(state_left());
}

}  // namespace
}  // namespace jail_tool
