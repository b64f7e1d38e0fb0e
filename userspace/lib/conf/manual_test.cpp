// SPDX-License-Identifier: BSD-2-Clause
// The manual page and the code say the same.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/parameters.hpp"
#include "jail/conf/syntax.hpp"
#include "lib/text.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::conf {
namespace {

std::string page() { return testing::read_text(MANUAL_PAGE); }

/// A line of an example as the reader sees it.
std::string unescaped(std::string_view line) {
  std::string text;
  while (!line.empty()) {
    if (line.starts_with("\\e")) {
      text += '\\';
      line.remove_prefix(2);
    } else if (line.starts_with("\\&")) {
      line.remove_prefix(2);
    } else {
      text += line.front();
      line.remove_prefix(1);
    }
  }
  return text;
}

/// What stands between .Bd -literal and .Ed.
std::vector<std::string> examples() {
  std::vector<std::string> found;
  bool inside = false;
  const std::string text = page();
  for (const auto line : split(text, '\n')) {
    if (line.starts_with(".Bd -literal")) {
      inside = true;
      found.emplace_back();
    } else if (line == ".Ed") {
      inside = false;
    } else if (inside) {
      found.back() += unescaped(line) + "\n";
    }
  }
  return found;
}

TEST(Manual, every_example_is_right) {
  const auto all = examples();
  EXPECT_GE(all.size(), 8U);
  std::size_t jails_seen = 0;
  for (const auto& example : all) {
    const auto document = parse(example, "example");
    ASSERT_TRUE(document) << document.error().text() << "\n" << example;
    Document included;
    for (const auto& item : document->items) {
      if (!std::holds_alternative<Include>(item)) included.items.push_back(item);
    }
    const auto jails = resolve(included);
    ASSERT_TRUE(jails) << jails.error().at(0).text() << "\n" << example;
    std::vector<JailConfig> configs;
    for (const auto& jail : *jails) {
      auto config = make_config(jail);
      ASSERT_TRUE(config) << config.error().at(0).text() << "\n" << example;
      EXPECT_TRUE(config->spec()) << config->spec().error().text() << "\n" << example;
      configs.push_back(std::move(*config));
    }
    jails_seen += configs.size();
    const auto order = start_order(std::move(configs));
    EXPECT_TRUE(order) << order.error().text();
  }
  EXPECT_GE(jails_seen, 6U);
}

/// The section that begins with the line @p heading, up to the next one.
std::string section(const std::string& heading) {
  const std::string text = page();
  const auto start = text.find("\n" + heading + "\n");
  if (start == std::string::npos) return {};
  return text.substr(start, text.find("\n.Sh ", start + 1) - start);
}

TEST(Manual, every_parameter_stands_in_it) {
  const std::string text = section(".Sh PARAMETERS");
  for (const auto& parameter : parameters()) {
    const std::string name(parameter.name);
    const bool found = text.find(".It Va " + name + "\n") != std::string::npos ||
                       text.find(".It Va " + name + " ") != std::string::npos ||
                       text.find(" " + name + " ,") != std::string::npos ||
                       text.find(" " + name + "\n") != std::string::npos;
    EXPECT_TRUE(found) << name;
  }
}

TEST(Manual, every_parameter_of_it_exists) {
  const std::string text = section(".Sh PARAMETERS");
  std::size_t seen = 0;
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with(".It Va ")) continue;
    for (const auto word : split(line.substr(7), ' ')) {
      if (word == ",") continue;
      if (word == "No" || word == "=" || word == "Cm") break;
      EXPECT_TRUE(find_parameter(word)) << word;
      ++seen;
    }
  }
  EXPECT_GT(seen, 50U);
}

}  // namespace
}  // namespace libjail::conf
