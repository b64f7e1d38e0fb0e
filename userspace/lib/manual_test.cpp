// SPDX-License-Identifier: BSD-2-Clause
// The manual pages, the header and the list of exported symbols say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/text.hpp"
#include "testing/temp_dir.hpp"

namespace libjail {
namespace {

using ::testing::HasSubstr;

/// The functions of the library, as its symbols have them.
std::vector<std::string> symbols() {
  const std::string map = testing::read_text(SYMBOL_MAP);
  const std::regex symbol("\\b(jail\\w*);");
  std::vector<std::string> found;
  for (std::sregex_iterator match(map.begin(), map.end(), symbol), end; match != end; ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

/// The pages of sections 2 and 3.
std::string pages() {
  std::string text;
  for (const auto& page : std::filesystem::directory_iterator(MANUAL_PAGES)) {
    const auto section = page.path().extension();
    if (section == ".2" || section == ".3") text += testing::read_text(page.path());
  }
  return text;
}

/// "name(type argument, type argument)" of each .Fn and .Fo in a SYNOPSIS.
std::vector<std::string> synopsis() {
  const std::string text = pages();
  std::vector<std::string> found;
  bool inside = false;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with(".Sh ")) inside = line == ".Sh SYNOPSIS";
    if (!inside) continue;
    const bool argument = line.starts_with(".Fa ");
    if (!argument && !line.starts_with(".Fn ") && !line.starts_with(".Fo ")) continue;
    std::string words(line.substr(4));
    if (!argument) {
      words = std::regex_replace(words, std::regex("^(\\w+) ?"), "$1(");
    } else if (!found.back().ends_with("(")) {
      found.back() += ", ";
    }
    words = std::regex_replace(words, std::regex("\" \""), ", ");
    std::erase(words, '"');
    argument ? found.back() += words : found.emplace_back(words);
  }
  for (auto& prototype : found) prototype += ")";
  return found;
}

TEST(Manual, every_function_stands_in_a_page) {
  const std::string text = pages();
  EXPECT_GE(symbols().size(), 24U);
  for (const auto& name : symbols()) {
    EXPECT_TRUE(std::regex_search(text, std::regex("\n\\.Nm " + name + "[ \n]"))) << name;
  }
}

TEST(Manual, the_header_declares_what_the_pages_say) {
  const auto header = std::regex_replace(testing::read_text(HEADER), std::regex("\\s+"), " ");
  EXPECT_EQ(synopsis().size(), symbols().size());
  for (const auto& prototype : synopsis()) EXPECT_THAT(header, HasSubstr(prototype));
}

}  // namespace
}  // namespace libjail
