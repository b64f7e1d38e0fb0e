// SPDX-License-Identifier: BSD-2-Clause
#include "network/translation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace libjail::network {
namespace {

using ::testing::Contains;
using ::testing::StartsWith;

const Translation kWeb{
    .jail = "web",
    .address = 0x0a090002,
    .bridge = "jail0",
    .redirects = {{.protocol = "tcp", .address = 0xcb007105, .port = 8080, .jail_port = 80}}};

TEST(Translation, touches_its_own_table_only) {
  for (const auto& command : addition(kWeb)) {
    EXPECT_NE(command.find(" inet jail"), std::string::npos) << command;
  }
}

TEST(Translation, marks_what_belongs_to_the_jail) {
  const auto commands = addition(kWeb);
  EXPECT_THAT(commands,
              Contains("create element inet jail masqueraded { 10.9.0.2 comment \"web\" }"));
  EXPECT_EQ(commands.back(),
            "create element inet jail ports { tcp . 203.0.113.5 . 8080 comment \"web\" : "
            "10.9.0.2 . 80 }");
}

TEST(Translation, writes_the_rules_anew) {
  const auto commands = addition(kWeb);
  const auto flush = std::ranges::find(commands, "flush table inet jail");
  const auto rule = std::ranges::find_if(
      commands, [](const auto& command) { return command.starts_with("add rule"); });
  EXPECT_LT(flush, rule);
  EXPECT_THAT(commands.front(), StartsWith("add table"));
}

TEST(Translation, redirect_as_text) {
  EXPECT_EQ(format_redirect(kWeb.redirects[0]), "tcp 203.0.113.5:8080 80");
}

}  // namespace
}  // namespace libjail::network
