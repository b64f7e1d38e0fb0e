// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jail/conf/config.hpp"
#include "testing/matchers.hpp"

namespace libjail::conf {
namespace {

using testing::FailsWith;
using testing::HasValue;
using testing::IsOk;

struct Needs {
  std::string name;
  std::vector<std::string> depend;
};

std::vector<JailConfig> jails(const std::vector<Needs>& all) {
  const auto file = std::make_shared<const std::string>("f");
  std::vector<JailConfig> result;
  for (const auto& [name, depend] : all) {
    const Position position{.file = file, .line = static_cast<int>(result.size()) + 1};
    JailConfig jail{.name = name, .position = position};
    for (const auto& other : depend) jail.depend.push_back({.name = other, .position = position});
    result.push_back(std::move(jail));
  }
  return result;
}

/// The names in order, with blanks between them.
Result<std::string> order(const std::vector<Needs>& all) {
  const auto sorted = start_order(jails(all));
  if (!sorted) return std::unexpected(sorted.error());
  std::string names;
  for (const auto& jail : *sorted) names += (names.empty() ? "" : " ") + jail.name;
  return names;
}

TEST(StartOrder, that_of_the_file_where_nothing_depends) {
  EXPECT_THAT(order({}), HasValue(""));
  EXPECT_THAT(order({{"c", {}}, {"a", {}}, {"b", {}}}), HasValue("c a b"));
}

TEST(StartOrder, after_what_is_needed) {
  EXPECT_THAT(order({{"web", {"db", "mail"}}, {"mail", {"db"}}, {"dns", {}}, {"db", {}}}),
              HasValue("dns db mail web"));
  EXPECT_THAT(order({{"a", {"b", "b"}}, {"b", {}}}), HasValue("b a"));
}

TEST(StartOrder, what_is_needed_must_be_there) {
  EXPECT_THAT(order({{"a", {}}, {"web", {"db"}}}),
              FailsWith("f:2:1: jail \"web\" depends on \"db\", which is not defined"));
}

TEST(StartOrder, circles_are_named) {
  EXPECT_THAT(order({{"a", {"a"}}}),
              FailsWith("f:1:1: jails depend on each other: \"a\" needs \"a\""));
  EXPECT_THAT(order({{"x", {}}, {"w", {"a"}}, {"a", {"x", "b"}}, {"b", {"c"}}, {"c", {"a"}}}),
              FailsWith("\"a\" needs \"b\" needs \"c\" needs \"a\""));
}

TEST(StartOrder, of_many) {
  std::vector<Needs> chain;
  constexpr int kMany = 20000;
  for (int i = 0; i < kMany; ++i) {
    chain.push_back({.name = "j" + std::to_string(i), .depend = {}});
    if (i + 1 < kMany) chain.back().depend.push_back("j" + std::to_string(i + 1));
  }
  const auto sorted = start_order(jails(chain));
  ASSERT_THAT(sorted, IsOk());
  EXPECT_EQ(sorted->front().name, "j" + std::to_string(kMany - 1));
}

}  // namespace
}  // namespace libjail::conf
