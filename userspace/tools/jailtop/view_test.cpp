// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/view.hpp"

#include <gmock/gmock.h>

namespace jailtop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Size kSize{.width = 30, .height = 6};

/// Jails with these names and numbers of processes, and their positions as jail IDs.
Table jails(const std::vector<std::pair<std::string, double>>& all) {
  Table table{.columns = {{.heading = "JID", .key = "jid", .width = 3, .number = true},
                          {.heading = "NAME", .key = "name", .width = 6},
                          {.heading = "PIDS", .key = "pids", .width = 4, .number = true}}};
  std::uint32_t id = 0;
  for (const auto& [name, processes] : all) {
    ++id;
    table.rows.push_back({.id = id,
                          .cells = {{std::to_string(id), id},
                                    {name},
                                    {std::to_string(static_cast<int>(processes)), processes}}});
  }
  return table;
}

/// A user at a screen with five jails on it, of which three fit.
class Screen : public ::testing::Test {
 protected:
  void SetUp() override {
    view.jails.order.column = 2;
    draw();
  }
  void draw() {
    table = jails({{"a", 5}, {"b", 4}, {"c", 3}, {"d", 2}, {"e", 1}});
    arrange(view, table, kSize);
    lines = frame(view, table, "5 jails", kSize);
  }
  void key(Key one) {
    press(view, table, {.key = one}, kSize);
    draw();
  }
  void type(const std::string& text) {
    for (const char character : text) {
      press(view, table, {.character = character}, kSize);
      draw();
    }
  }
  /// The names on the screen, the selected one with a star.
  [[nodiscard]] std::string names() const {
    std::string all;
    for (const auto& line : lines) {
      if (line.text.size() < 5 || line.style == Style::kNotice || line.style == Style::kTitle ||
          line.style == Style::kHeading) {
        continue;
      }
      all += line.text[4];
      if (line.style == Style::kSelected) all += '*';
    }
    return all;
  }

  View view;
  Table table;
  std::vector<Line> lines;
};

TEST_F(Screen, frame_of_it) {
  EXPECT_THAT(
      lines,
      ElementsAre(Line{"5 jails; by PIDS", Style::kTitle}, Line{"JID NAME   PIDS", Style::kHeading},
                  Line{"  1 a         5               ", Style::kSelected},
                  Line{"  2 b         4", Style::kPlain}, Line{"  3 c         3", Style::kPlain},
                  Line{"Enter processes  / filter  < >", Style::kNotice}));
}

TEST_F(Screen, the_selected_row_stays_on_it) {
  key(Key::kDown);
  EXPECT_EQ(names(), "ab*c");
  key(Key::kPageDown);
  EXPECT_EQ(names(), "cde*");
  key(Key::kDown);
  EXPECT_EQ(names(), "cde*");
  key(Key::kUp);
  key(Key::kUp);
  key(Key::kUp);
  EXPECT_EQ(names(), "b*cd");
  key(Key::kPageUp);
  EXPECT_EQ(names(), "a*bc");
  key(Key::kEnd);
  EXPECT_EQ(names(), "cde*");
  key(Key::kHome);
  EXPECT_EQ(names(), "a*bc");
}

TEST_F(Screen, the_selection_follows_its_jail) {
  key(Key::kEnd);
  type("r");
  EXPECT_EQ(names(), "e*dc");
  EXPECT_EQ(lines[0].text, "5 jails; by PIDS, reversed");
  table = jails({{"a", 5}, {"b", 4}});
  arrange(view, table, kSize);
  EXPECT_EQ(view.jails.selected, std::nullopt) << "the first, as it is gone";
}

TEST_F(Screen, sorted_by_any_column) {
  type(">");
  EXPECT_THAT(lines[0].text, HasSubstr("by JID"));
  EXPECT_EQ(names(), "e*dc") << "the first row, as no other was chosen";
  type(">");
  EXPECT_EQ(names(), "a*bc");
  type("<<");
  EXPECT_THAT(lines[0].text, HasSubstr("by PIDS"));
}

TEST_F(Screen, filter) {
  type("/d");
  EXPECT_EQ(lines.back().text, "/d_");
  EXPECT_EQ(names(), "d*");
  type("q");
  EXPECT_FALSE(view.quit) << "it is typed";
  EXPECT_EQ(names(), "");
  key(Key::kErase);
  key(Key::kEnter);
  EXPECT_THAT(lines.back().text, StartsWith("/d  Enter"));
  EXPECT_EQ(names(), "d*");
  type("/x");
  key(Key::kEscape);
  EXPECT_EQ(view.jails.filter, "d") << "as before";
  key(Key::kEscape);
  EXPECT_EQ(names(), "a*bc");
}

TEST_F(Screen, processes_of_a_jail_and_back) {
  key(Key::kDown);
  press(view, table, {.key = Key::kEnter}, kSize);
  EXPECT_EQ(view.inside, 2U);
  const auto inside = frame(view, jails({{"x", 1}}), "5 jails", kSize);
  EXPECT_EQ(inside[0].text, "jail b: 5 jails; by JID");
  EXPECT_THAT(inside.back().text, StartsWith("Esc jails"));
  key(Key::kEscape);
  EXPECT_EQ(view.inside, std::nullopt);
  EXPECT_EQ(names(), "ab*c") << "where one was";
}

TEST_F(Screen, help_and_notice) {
  view.notice = "no counts";
  draw();
  EXPECT_EQ(lines.back().text, "no counts");
  type("h");
  EXPECT_THAT(lines[1].text, StartsWith("Up Down"));
  EXPECT_EQ(lines.back().text, "any key goes on");
  type("q");
  EXPECT_FALSE(view.quit);
  EXPECT_EQ(names(), "a*bc");
  type("q");
  EXPECT_TRUE(view.quit);
}

TEST_F(Screen, no_jails) {
  auto none = jails({});
  arrange(view, none, kSize);
  press(view, none, {.key = Key::kEnter}, kSize);
  EXPECT_EQ(view.inside, std::nullopt);
  press(view, none, {.key = Key::kDown}, kSize);
  EXPECT_EQ(frame(view, none, "0 jails", kSize).size(), kSize.height);
}

TEST_F(Screen, any_size) {
  for (std::size_t width : {0U, 1U, 2U, 80U}) {
    for (std::size_t height : {0U, 1U, 2U, 3U, 4U, 50U}) {
      const Size size{.width = width, .height = height};
      for (const bool help : {false, true}) {
        view.help = help;
        arrange(view, table, size);
        const auto shown = frame(view, table, "5 jails", size);
        EXPECT_EQ(shown.size(), height);
        for (const auto& line : shown) EXPECT_LE(line.text.size(), width);
      }
    }
  }
}

TEST_F(Screen, hostile_name_of_the_jail) {
  view.inside = 1;
  view.inside_name = "a\x1b[2J";
  EXPECT_THAT(frame(view, table, "", kSize)[0].text, StartsWith(R"(jail a\033[2J: )"));
}

}  // namespace
}  // namespace jailtop
