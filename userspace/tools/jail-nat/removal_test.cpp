// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-nat/removal.hpp"

#include <gtest/gtest.h>

#include "testing/matchers.hpp"

namespace jail_nat {
namespace {

using libjail::testing::FailsWith;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// As nft 1.0.6 prints it.
std::string table(const std::string& addresses, const std::string& ports) {
  return R"({"nftables": [{"metainfo": {"version": "1.0.6"}},
      {"table": {"family": "inet", "name": "jail", "handle": 1}},
      {"set": {"family": "inet", "name": "masqueraded", "type": "ipv4_addr")" +
         addresses + R"(}}, {"map": {"family": "inet", "name": "ports")" + ports +
         R"(}}, {"chain": {"family": "inet", "name": "output"}}]})";
}

constexpr const char* kTwo =
    R"(, "elem": [{"elem": {"val": "10.9.0.2", "comment": "web"}},
                  {"elem": {"val": "10.9.0.3", "comment": "db"}}])";
constexpr const char* kPort =
    R"(, "elem": [[{"elem": {"val": {"concat": ["tcp", "203.0.113.5", 8080]}, "comment": "web"}},
                   {"concat": ["10.9.0.2", 80]}]])";

TEST(Removal, of_one_of_two) {
  EXPECT_THAT(*removal(table(kTwo, kPort), "web"),
              ElementsAre("delete element inet jail masqueraded { 10.9.0.2 }",
                          "delete element inet jail ports { tcp . 203.0.113.5 . 8080 }"));
  EXPECT_THAT(*removal(table(kTwo, kPort), "db"),
              ElementsAre("delete element inet jail masqueraded { 10.9.0.3 }"));
}

TEST(Removal, of_the_last_takes_the_table) {
  const std::string one = R"(, "elem": [{"elem": {"val": "10.9.0.2", "comment": "web"}}])";
  EXPECT_THAT(*removal(table(one, kPort), "web"), ElementsAre("delete table inet jail"));
  EXPECT_THAT(*removal(table("", ""), "web"), ElementsAre("delete table inet jail"))
      << "what a killed process left half removed";
}

TEST(Removal, of_what_is_not_there) {
  EXPECT_THAT(*removal("", "web"), IsEmpty());
  EXPECT_THAT(*removal(table(kTwo, ""), "mail"), IsEmpty());
}

TEST(Removal, what_an_administrator_added_stays) {
  EXPECT_THAT(*removal(table(R"(, "elem": ["192.0.2.1"])", kPort), "web"),
              ElementsAre("delete element inet jail ports { tcp . 203.0.113.5 . 8080 }"));
  EXPECT_THAT(*removal(table(R"(, "elem": [{"elem": {"val": {"concat": [[]]},
                                  "comment": "web"}}, {"elem": 1}, [], {}])",
                             ""),
                       "web"),
              IsEmpty())
      << "and what is not understood";
}

TEST(Removal, of_what_is_no_listing) {
  for (const char* text : {"x", "[]", "{}", "1"}) {
    EXPECT_THAT(removal(text, "web"), FailsWith("no JSON of nft(8)")) << text;
  }
}

}  // namespace
}  // namespace jail_nat
