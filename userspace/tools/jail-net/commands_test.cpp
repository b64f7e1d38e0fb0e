// SPDX-License-Identifier: BSD-2-Clause
// Commands that are refused, and those on interfaces that are not there: tests/network_test.cpp has
// the others.
#include "tools/jail-net/commands.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "testing/matchers.hpp"

namespace jail_net {
namespace {

using libjail::testing::FailsWith;

auto run(const std::string& line) {
  std::istringstream words(line);
  std::vector<std::string> all;
  for (std::string word; words >> word;) all.push_back(word);
  return run_command(std::vector<std::string_view>(all.begin(), all.end()));
}

TEST(Commands, usage) {
  for (const char* line :
       {"", "address", "address flush eth0 10.2.3.4/24", "address add eth0",
        "address add eth0 10.2.3.4/24 more", "vlan del eth0 12", "veth add a b c", "link del",
        "namespace configure", "namespace configure /proc/self/ns/net eth0"}) {
    EXPECT_THAT(run(line), FailsWith("usage: jail-net address add|del")) << line;
  }
}

TEST(Commands, operands) {
  EXPECT_THAT(run("address add eth0 10.2.3.4/99"), FailsWith("prefix"));
  EXPECT_THAT(run("address del ../x 10.2.3.4/24"), FailsWith("no interface can be named"));
  EXPECT_THAT(run("bridge add jail0 none"), FailsWith("no IPv4 address"));
  EXPECT_THAT(run("vlan add eth0 4095"), FailsWith("VLAN 4095"));
  EXPECT_THAT(run("vlan add eth0 x"), FailsWith("VLAN x"));
  EXPECT_THAT(run("vlan add fifteen-letters 12"), FailsWith("no interface can be named"));
  EXPECT_THAT(run("link del a/b"), FailsWith("no interface can be named \"a/b\""));
  EXPECT_THAT(run("link move sixteen-letters- /x"), FailsWith("no interface can be named"));
  EXPECT_THAT(run("link move eth0 /nowhere/net"), FailsWith("network namespace /nowhere/net"));
  EXPECT_THAT(run("link restore no-such-dev0 /dev/null"), FailsWith("enter the network namespace"));
  EXPECT_THAT(run("veth add j-web jail0 /nowhere/net eth0"), FailsWith("/nowhere/net"));
  EXPECT_THAT(run("veth add j-web jail0 /dev/null .."), FailsWith("named \"..\""));
  EXPECT_THAT(run("namespace configure /nowhere/net"), FailsWith("/nowhere/net"));
  EXPECT_THAT(run("namespace configure /dev/null eth0 10.2.3.4/24 x"), FailsWith("no IPv4"));
  EXPECT_THAT(run("namespace configure /dev/null eth0 10.2.3.4/24 10.2.3.1"),
              FailsWith("enter the network namespace /dev/null"));
}

TEST(Commands, interfaces_that_are_not_there) {
  EXPECT_THAT(run("address add no-such-dev0 10.2.3.4/24"), FailsWith("no such interface"));
  EXPECT_THAT(run("address del no-such-dev0 10.2.3.4/24"), libjail::testing::IsOk());
  EXPECT_THAT(run("vlan add no-such-dev0 12"), FailsWith("no such interface"));
  EXPECT_THAT(run("bridge del no-such-dev0"), libjail::testing::IsOk());
  EXPECT_THAT(run("link del no-such-dev0"), libjail::testing::IsOk());
  EXPECT_THAT(run("veth add j-web no-such-dev0 /dev/null eth0"), FailsWith("no such interface"));
  EXPECT_THAT(run("link move no-such-dev0 /dev/null"), FailsWith("no such interface"));
}

}  // namespace
}  // namespace jail_net
