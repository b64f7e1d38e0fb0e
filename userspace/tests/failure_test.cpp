// SPDX-License-Identifier: BSD-2-Clause
// What cannot be done is refused with object, reason and remedy, and leaves nothing behind: the
// fixture looks for jails, mounts, state and processes after each test.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;

class Failure : public HostTest {
 protected:
  void expect(const Outcome& outcome, const std::string& text) {
    EXPECT_EQ(outcome.status, 125);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("jail: "));
    EXPECT_THAT(outcome.err, HasSubstr(text));
  }

  /// Makes the entry a link, as the owner of the root may.
  void replace_by_link(const char* name, const char* target) {
    std::filesystem::remove_all(root / name);
    root.link(name, target);
  }
};

TEST_F(Failure, address_on_no_interface) {
  expect(run(jail("echo ran", {}, "default", "192.0.2.99")),
         "address 192.0.2.99 is on no interface");
}

TEST_F(Failure, address_and_name_of_another_jail) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}, "default", kAddress));
  ASSERT_TRUE(first.prints("up"));
  expect(run(jail("echo ran", {"-n", "web2"}, "default", kAddress)),
         "address 10.2.3.4 belongs to another jail");
  expect(run(jail("echo ran", {"-n", "web"})), "jail \"web\" already exists");
  EXPECT_EQ(jails().size(), 1U);
  ::kill(first.pid(), SIGKILL);
  first.wait();
  EXPECT_EQ(run(jail("true", {"-n", "web"}, "default", kAddress)).status, 0) << "free again";
}

TEST_F(Failure, root_that_is_no_directory) {
  expect(run({kJail, root / "nowhere", "none", "none", "true"}), "nowhere: No such file");
  expect(run({kJail, root / "etc/passwd", "none", "none", "true"}), "Not a directory");
}

TEST_F(Failure, unknown_user) {
  expect(run(jail("echo ran", {"-U", "eve"})), "user \"eve\" is not in etc/passwd");
}

TEST_F(Failure, directory_as_standard_input) {
  const auto directory = [] { open_directory_as(STDIN_FILENO); };
  expect(run(jail("echo ran"), directory), "standard input is a directory");
}

TEST_F(Failure, proc_that_leads_elsewhere) {
  replace_by_link("proc", "/etc");
  expect(run(jail("echo ran")), "/proc is a symbolic link");
  EXPECT_EQ(run(jail("echo ran", {"-M"})).out, "ran\n") << "the remedy that it names works";
}

TEST_F(Failure, dev_that_leads_elsewhere) {
  replace_by_link("dev", "../../dev");
  expect(run(jail("echo ran")), "/dev is a symbolic link");
}

TEST_F(Failure, passwd_that_leads_elsewhere) {
  std::filesystem::remove(root / "etc/passwd");
  root.link("etc/passwd", "/../../../../../../etc/passwd");
  expect(run(jail("echo ran", {"-U", "root"})), "user \"root\"");
}

TEST_F(Failure, closed_standard_descriptors_do_no_harm) {
  const auto close_all = [] {
    ::close(0);
    ::close(1);
  };
  const auto outcome = run(jail("echo lost; echo kept >&2"), close_all);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "kept\n");
}

TEST_F(Failure, caller_without_privilege) {
  const auto nobody = [] {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  };
  expect(run(jail("echo ran"), nobody), "run as root");
  expect(run(jail("echo ran", {}, "default", "dummy0|192.0.2.7/24"), nobody), "run as root");
}

TEST_F(Failure, quiet_is_not_silent) {
  expect(run(jail("echo ran", {"-q"}, "default", "192.0.2.99")), "is on no interface");
}

}  // namespace
}  // namespace guest
