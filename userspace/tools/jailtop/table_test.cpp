// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/table.hpp"

#include <gmock/gmock.h>

namespace jailtop {
namespace {

using ::testing::ElementsAre;

Table table() {
  return {.columns = {{.heading = "ID", .key = "id", .width = 3, .number = true},
                      {.heading = "NAME", .key = "name", .width = 6},
                      {.heading = "USE", .key = "use", .width = 4, .number = true},
                      {.heading = "COMMAND", .key = "command", .width = 0, .command = true}},
          .rows = {{.id = 1, .cells = {{"1", 1}, {"web"}, {"-"}, {"httpd -p 80"}}},
                   {.id = 2, .cells = {{"2", 2}, {"db"}, {"7", 7.5}, {"db"}}},
                   {.id = 3, .cells = {{"3", 3}, {"mail"}, {"9", 9}, {"smtpd"}}}}};
}

std::vector<std::uint32_t> ids(const Table& table) {
  std::vector<std::uint32_t> all;
  for (const auto& row : table.rows) all.push_back(row.id);
  return all;
}

std::vector<std::uint32_t> sorted(const Order& order) {
  auto one = table();
  sort(one, order);
  return ids(one);
}

std::vector<std::uint32_t> filtered(std::string_view text) {
  auto one = table();
  filter(one, text);
  return ids(one);
}

TEST(Table, sort) {
  EXPECT_THAT(sorted({.column = 0}), ElementsAre(3, 2, 1));
  EXPECT_THAT(sorted({.column = 0, .reverse = true}), ElementsAre(1, 2, 3));
  EXPECT_THAT(sorted({.column = 1}), ElementsAre(2, 3, 1));
  EXPECT_THAT(sorted({.column = 1, .reverse = true}), ElementsAre(1, 3, 2));
  EXPECT_THAT(sorted({.column = 2}), ElementsAre(3, 2, 1)) << "what is not known is last";
  EXPECT_THAT(sorted({.column = 2, .reverse = true}), ElementsAre(2, 3, 1)) << "also now";
}

TEST(Table, equal_rows_keep_their_order) {
  auto one = table();
  for (auto& row : one.rows) row.cells[2] = {"5", 5};
  sort(one, {.column = 2});
  EXPECT_THAT(ids(one), ElementsAre(1, 2, 3));
}

TEST(Table, filter) {
  EXPECT_THAT(filtered(""), ElementsAre(1, 2, 3));
  EXPECT_THAT(filtered("d"), ElementsAre(1, 2, 3));
  EXPECT_THAT(filtered("db"), ElementsAre(2));
  EXPECT_THAT(filtered("-p"), ElementsAre(1));
  EXPECT_THAT(filtered("x"), ElementsAre());
}

TEST(Table, columns_by_heading) {
  EXPECT_EQ(find_column(table(), "use"), 2U);
  EXPECT_EQ(find_column(table(), "NAME"), 1U);
  EXPECT_EQ(find_column(table(), "US"), std::nullopt);
}

TEST(Table, lines) {
  const auto one = table();
  EXPECT_EQ(heading_line(one), " ID NAME    USE COMMAND");
  EXPECT_EQ(row_line(one, one.rows[0]), "  1 web       - httpd -p 80");
  EXPECT_EQ(row_line(one, one.rows[1]), "  2 db        7 db");
}

TEST(Table, hostile_cells_move_no_terminal_and_no_column) {
  auto one = table();
  one.rows[0].cells[1].text = "a b\x1b[2J";
  one.rows[0].cells[3].text = "sh -c \n\xff";
  EXPECT_EQ(row_line(one, one.rows[0]), R"(  1 a\040b\033[2J    - sh -c \012\377)");
  for (const char c : to_json(one, "jails", 1)) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

TEST(Table, json) {
  auto one = table();
  one.rows.resize(2);
  EXPECT_EQ(to_json(one, "jails", 1700000000.5),
            R"({"time":1700000000.5,"jails":[{"id":1,"name":"web","use":null,)"
            R"("command":"httpd -p 80"},{"id":2,"name":"db","use":7.5,"command":"db"}]})"
            "\n");
}

}  // namespace
}  // namespace jailtop
