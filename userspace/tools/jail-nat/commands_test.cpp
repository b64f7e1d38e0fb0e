// SPDX-License-Identifier: BSD-2-Clause
// Commands that are refused, and those that only print: tests/network_test.cpp has the others.
#include "tools/jail-nat/commands.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "testing/matchers.hpp"

namespace jail_nat {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using ::testing::EndsWith;
using ::testing::HasSubstr;

using Words = std::vector<std::string_view>;

TEST(Commands, usage) {
  for (const Words& words : {Words{}, Words{"-n"}, Words{"add"}, Words{"add", "web", "10.9.0.2"},
                             Words{"del"}, Words{"del", "web", "more"}, Words{"flush", "web"}}) {
    EXPECT_THAT(run_command(words), FailsWith("usage: jail-nat [-n] add JAIL"));
  }
}

TEST(Commands, operands) {
  EXPECT_THAT(run_command(Words{"del", "a b"}), FailsWith("a b"));
  EXPECT_THAT(run_command(Words{"add", "a\"b", "10.9.0.2", "jail0"}), FailsWith("a\"b"));
  EXPECT_THAT(run_command(Words{"add", "web", "x", "jail0"}), FailsWith("no IPv4 address"));
  EXPECT_THAT(run_command(Words{"add", "web", "10.9.0.2", "a/b"}), FailsWith("interface"));
  EXPECT_THAT(run_command(Words{"add", "web", "10.9.0.2", "a\"b"}), FailsWith("nft(8)"));
  EXPECT_THAT(run_command(Words{"add", "web", "10.9.0.2", "jail0", "tcp 80"}),
              FailsWith("redirects no port"));
}

TEST(Commands, are_printed) {
  const auto text =
      run_command(Words{"-n", "add", "web", "10.9.0.2", "jail0", "udp 203.0.113.5:53 5353"});
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(*text, ::testing::StartsWith("add table inet jail\n"));
  EXPECT_THAT(*text,
              HasSubstr("postrouting ip saddr @masqueraded oifname != \"jail0\" masquerade\n"));
  EXPECT_THAT(*text, EndsWith("create element inet jail ports { udp . 203.0.113.5 . 53 comment "
                              "\"web\" : 10.9.0.2 . 5353 }\n"));
}

}  // namespace
}  // namespace jail_nat
