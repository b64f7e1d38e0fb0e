// SPDX-License-Identifier: BSD-2-Clause
// The filter of system calls (seccomp), which everybody in the jail has, however he came in.
#include <gmock/gmock.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/userfaultfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/host.hpp"
#include "tests/session.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;

constexpr const char* kJexec = "/usr/sbin/jexec";

/// What the filter refuses and neither the kernel's walls nor a lack of rights does. This runs as
/// a test here, and in jails as an attack.
TEST(SystemCalls, work) {
  const auto tries = [](const char* name, long result) {
    EXPECT_GE(result, 0) << name << ": " << std::strerror(errno);
    if (result > 2) ::close(static_cast<int>(result));
  };
  io_uring_params ring{};
  tries("io_uring_setup", ::syscall(SYS_io_uring_setup, 1, &ring));
  tries("userfaultfd", ::syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
  EXPECT_GE(::syscall(SYS_add_key, "user", "attack", "x", 1, KEY_SPEC_PROCESS_KEYRING), 0)
      << "add_key: " << std::strerror(errno);
}

class Filter : public HostTest {
 protected:
  void TearDown() override {
    run({kJail, "-q", "-R", "*"});
    HostTest::TearDown();
  }

  [[nodiscard]] Outcome start(const std::string& parameters, const std::string& command) const {
    files.file("jail.conf", "web { path = " + root.path() + "; " + parameters + " command = '" +
                                command + "'; }");
    ::chmod((files / "jail.conf").c_str(), 0644);
    return run({kJail, "-f", files / "jail.conf", "-c", "web"});
  }
  [[nodiscard]] static std::string state(const std::string& process) {
    return "grep -w Seccomp /proc/" + process + "/status";
  }
  static Outcome in_web(const std::string& script) {
    return run({kJexec, "web", "sh", "-c", script});
  }

  libjail::testing::TempDir files;
};

TEST_F(Filter, refuses_attacks_that_work_without_it) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  put_in(self);
  const auto attack = "/bin/" + self.filename().string() + " --gtest_filter=SystemCalls.*";
  const auto control = start("", attack);
  EXPECT_EQ(control.status, 0) << control.out << control.err;
  const auto outcome = start("seccomp = default;", attack + "; true");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* call : {"io_uring_setup", "userfaultfd", "add_key"}) {
    EXPECT_THAT(outcome.out + outcome.err,
                HasSubstr(std::string(call) + ": Operation not permitted"));
  }
}

TEST_F(Filter, holds_for_whoever_comes_in) {
  ASSERT_EQ(start("persist; exec.stop = 'grep -w Seccomp /proc/self/status';", "true").status, 0);
  EXPECT_EQ(in_web(state("self")).out, "Seccomp:\t0\n");
  EXPECT_THAT(run({kJail, "-r", "web"}).out, HasSubstr("Seccomp:\t0\n"));

  ASSERT_EQ(
      start("seccomp = default; pid; persist; exec.stop = '" + state("self") + "';", "true").status,
      0);
  EXPECT_EQ(in_web(state("self")).out, "Seccomp:\t2\n");
  EXPECT_EQ(in_web(state("1")).out, "Seccomp:\t2\n");
  EXPECT_EQ(run({kJexec, "-u", "bob", "web", "sh", "-c", state("self")}).status, 125)
      << "bob is no user of the host";
  EXPECT_EQ(run({kJexec, "-U", "bob", "web", "sh", "-c", state("self")}).out, "Seccomp:\t2\n");
  Session terminal({kJexec, "web", "sh", "-c", state("self")});
  EXPECT_TRUE(terminal.shows("Seccomp:\t2"));
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(run({kJail, "-r", "web"}).out, HasSubstr("Seccomp:\t2\n"));
}

TEST_F(Filter, is_not_left_out_where_the_record_is_damaged) {
  ASSERT_EQ(start("seccomp = default; persist;", "true").status, 0);
  const std::string record = "/run/jail/records/web/jail.conf";
  const auto text = libjail::testing::read_text(record);
  ASSERT_EQ(run({"/bin/busybox", "sh", "-c", "echo '{' >" + record}).status, 0);
  const auto outcome = in_web("true");
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("record of jail \"web\""));
  ASSERT_EQ(run({"/bin/busybox", "sh", "-c", "echo \"$0\" >" + record, text}).status, 0);
  EXPECT_EQ(in_web("true").status, 0);
}

}  // namespace
}  // namespace guest
