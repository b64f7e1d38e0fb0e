// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-addr/request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "testing/matchers.hpp"

namespace jail_addr {
namespace {

using libjail::testing::FailsWith;

auto parse(const std::vector<std::string_view>& arguments) { return parse_request(arguments); }

TEST(Request, add_and_del) {
  const auto add = parse({"add", "eth0", "10.2.3.4/24"});
  ASSERT_THAT(add, libjail::testing::IsOk());
  EXPECT_EQ(add->verb, Verb::kAdd);
  EXPECT_EQ(add->alias.ip, 0x0a020304U);
  EXPECT_EQ(add->alias.interface, "eth0");
  EXPECT_EQ(add->alias.prefix, 24);
  EXPECT_EQ(parse({"del", "eth0", "10.2.3.4/24"})->verb, Verb::kDelete);
}

TEST(Request, refused) {
  EXPECT_THAT(parse({}), FailsWith("usage"));
  EXPECT_THAT(parse({"add", "eth0"}), FailsWith("usage"));
  EXPECT_THAT(parse({"flush", "eth0", "10.2.3.4/24"}), FailsWith("usage"));
  EXPECT_THAT(parse({"add", "eth0", "10.2.3.4/24", "more"}), FailsWith("usage"));
  EXPECT_THAT(parse({"add", "eth0", "10.2.3.4/99"}), FailsWith("prefix"));
  EXPECT_THAT(parse({"add", "../x", "10.2.3.4/24"}), FailsWith("no interface"));
}

}  // namespace
}  // namespace jail_addr
