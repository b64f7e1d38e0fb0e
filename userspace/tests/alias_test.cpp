// SPDX-License-Identifier: BSD-2-Clause
// Addresses that jail(8) adds and takes away. dummy0 has none of 192.0.2.0/24.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;

constexpr const char* kIp = "192.0.2.7";
constexpr const char* kAlias = "dummy0|192.0.2.7/24";
constexpr const char* kNet = "/usr/libexec/jail/jail-net";

class AliasOnHost : public HostTest {
 protected:
  [[nodiscard]] std::vector<std::string> jail_with_alias(
      const std::string& script, std::vector<std::string> options = {}) const {
    return jail(script, std::move(options), "default", kAlias);
  }

  void TearDown() override {
    EXPECT_TRUE(comes_true([] { return !host_has(kIp); })) << "an address is left";
    HostTest::TearDown();
  }
};

TEST_F(AliasOnHost, is_there_while_the_command_runs) {
  ASSERT_FALSE(host_has(kIp));
  Process process(jail_with_alias("echo up; exec sleep 1000"));
  ASSERT_TRUE(process.prints("up"));
  EXPECT_TRUE(host_has(kIp));
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].address, kIp);
  ::kill(process.pid(), SIGTERM);
  EXPECT_EQ(process.wait(), 128 + SIGTERM);
  EXPECT_FALSE(host_has(kIp)) << "gone when jail(8) has ended, not later";
}

TEST_F(AliasOnHost, steps_are_shown_as_ip_commands) {
  const auto outcome = run(jail_with_alias("exit 5", {"-v"}));
  EXPECT_EQ(outcome.status, 5);
  EXPECT_THAT(outcome.err, HasSubstr("jail: ip address add 192.0.2.7/24 dev dummy0\n"));
  EXPECT_THAT(outcome.err, HasSubstr("jail: ip address del 192.0.2.7/24 dev dummy0\n"));
  EXPECT_FALSE(host_has(kIp));
}

TEST_F(AliasOnHost, of_the_administrator_stays) {
  ASSERT_EQ(run({kNet, "address", "add", "dummy0", "192.0.2.7/24"}).status, 0);
  EXPECT_EQ(run(jail_with_alias("true")).status, 0);
  EXPECT_TRUE(host_has(kIp));
  EXPECT_EQ(run({kNet, "address", "del", "dummy0", "192.0.2.7/24"}).status, 0);
}

TEST_F(AliasOnHost, goes_when_the_command_cannot_start) {
  EXPECT_EQ(run({kJail, root.path(), "none", kAlias, "nosuch"}).status, 127);
  EXPECT_FALSE(host_has(kIp));
  EXPECT_EQ(run(jail_with_alias("true", {"-U", "eve"})).status, 125);
  EXPECT_FALSE(host_has(kIp));
  EXPECT_EQ(run({kJail, root / "nowhere", "none", kAlias, "true"}).status, 125);
  EXPECT_FALSE(host_has(kIp));
}

TEST_F(AliasOnHost, on_an_interface_that_is_not_there) {
  const auto outcome = run(jail("true", {}, "default", "nosuch0|192.0.2.7/24"));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("no such interface"));
}

TEST_F(AliasOnHost, present_on_another_interface_is_refused) {
  const auto outcome = run(jail("true", {}, "default", "lo|10.2.3.4/24"));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("is on dummy0, not on lo"));
}

TEST_F(AliasOnHost, goes_with_the_last_process_that_the_command_left) {
  Process process(jail_with_alias("sleep 1000 >/dev/null 2>&1 & echo $!; exit 3"));
  EXPECT_EQ(process.wait(), 3) << "jail(8) does not wait for it";
  ASSERT_TRUE(process.prints("\n"));
  EXPECT_TRUE(host_has(kIp));
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].processes, 1U);
  // Nobody who reads the command's output waits for the keeper.
  ::kill(std::stoi(process.finish().out), SIGKILL);
  EXPECT_TRUE(comes_true([] { return !host_has(kIp); }));
}

TEST_F(AliasOnHost, of_a_killed_parent_is_swept_when_its_jail_has_ended) {
  Process process(jail_with_alias("echo $$; exec sleep 1000"));
  ASSERT_TRUE(process.prints("\n"));
  ::kill(process.pid(), SIGKILL);
  EXPECT_EQ(process.wait(), 128 + SIGKILL);

  EXPECT_EQ(run(jail("true", {"-v"})).status, 0);
  EXPECT_TRUE(host_has(kIp)) << "the jail lives, so its address must stay";

  ASSERT_EQ(jails().size(), 1U);
  const pid_t command = std::stoi(process.printed());  // whose output does not end
  ::kill(command, SIGKILL);
  ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  EXPECT_TRUE(host_has(kIp)) << "nobody is there to take it away";
  EXPECT_THAT(run(jail("true", {"-v"})).err,
              HasSubstr("swept: ip address del 192.0.2.7/24 dev dummy0"));
  EXPECT_FALSE(host_has(kIp));
}

TEST_F(AliasOnHost, others_of_the_same_network_stay) {
  Process first(jail_with_alias("echo up; exec sleep 1000"));
  ASSERT_TRUE(first.prints("up"));
  Process second(jail("echo up; exec sleep 1000", {}, "default", "dummy0|192.0.2.8/24"));
  ASSERT_TRUE(second.prints("up"));
  // The first is the primary address of the network, and Linux would take the second with it.
  ::kill(first.pid(), SIGTERM);
  first.wait();
  EXPECT_FALSE(host_has(kIp));
  EXPECT_TRUE(host_has("192.0.2.8"));
  ::kill(second.pid(), SIGTERM);
  second.wait();
  EXPECT_FALSE(host_has("192.0.2.8"));
}

TEST_F(AliasOnHost, of_a_jail_that_uses_it_twice_is_refused_and_stays) {
  Process first(jail_with_alias("echo up; exec sleep 1000"));
  ASSERT_TRUE(first.prints("up"));
  EXPECT_EQ(run(jail_with_alias("true")).status, 125) << "the address belongs to the first";
  EXPECT_TRUE(host_has(kIp));
  ::kill(first.pid(), SIGTERM);
  first.wait();
}

TEST_F(AliasOnHost, survives_a_signal_during_set_up) {
  for (int i = 0; i < 5; ++i) {
    Process process(jail_with_alias("exec sleep 1000"));
    ::usleep(static_cast<useconds_t>(i * 3000));
    ::kill(process.pid(), SIGTERM);
    process.wait();
    EXPECT_TRUE(comes_true([] { return !host_has(kIp); })) << "round " << i;
  }
}

}  // namespace
}  // namespace guest
