// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/table.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace jailctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Table kTable{.columns = {{"NAME"}, {.heading = "PIDS", .number = true}},
                   .rows = {{"a\nb\x1b[2J\xff", "12"}, {"", ""}}};

TEST(Table, nothing_moves_a_terminal) {
  const auto text = to_text(kTable);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(Table, json_is_valid_whatever_the_bytes) {
  const auto text = to_json({{"jails", kTable}});
  const auto json = nlohmann::json::parse(text, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << text;
  EXPECT_EQ(json["jails"][0]["pids"], 12);
  EXPECT_EQ(json["jails"][1]["pids"], nullptr);
  EXPECT_EQ(json["jails"][1]["name"], "");
  EXPECT_THAT(text, HasSubstr("a\\nb\\u001b[2J\\ufffd"));
}

TEST(Table, empty_one_has_headings) {
  EXPECT_EQ(to_text({.columns = {{"NAME"}, {"PATH"}}}), "NAME PATH\n");
  EXPECT_EQ(to_json({{"jails", {.columns = {{"NAME"}}}}}), "{\n  \"jails\": []\n}\n");
}

}  // namespace
}  // namespace jailctl
