// SPDX-License-Identifier: BSD-2-Clause
// What the screen shows, and what keys change about it: without a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/jailtop/table.hpp"

namespace jailtop {

/// A list on the screen.
struct List {
  Order order{};
  std::string filter{};
  std::optional<std::uint32_t> selected{};  ///< the row's id; the first row until a key chose one
  std::size_t first = 0;                    ///< row at the top
};

struct View {
  List jails{};
  List processes{};
  std::optional<std::uint32_t> inside{};  ///< the jail whose processes are shown
  std::string inside_name{};
  bool typing = false;   ///< the filter
  std::string before{};  ///< the filter when typing began
  bool help = false;
  std::string notice{};  ///< in the last line, until a key is pressed
  bool quit = false;

  [[nodiscard]] List& list() { return inside ? processes : jails; }
  [[nodiscard]] const List& list() const { return inside ? processes : jails; }
};

/// Keys that are no characters.
enum class Key { kNone, kUp, kDown, kPageUp, kPageDown, kHome, kEnd, kEnter, kEscape, kErase };

struct Press {
  Key key = Key::kNone;
  char character = 0;  ///< of ASCII, that can be printed
};

struct Size {
  std::size_t width;
  std::size_t height;
};

enum class Style { kPlain, kTitle, kHeading, kSelected, kNotice };

struct Line {
  std::string text;  ///< at most as wide as the screen
  Style style = Style::kPlain;

  bool operator==(const Line&) const = default;
};

/// Filters and sorts a table as the view says, and keeps the selected row on the screen.
void arrange(View& view, Table& table, const Size& size);

/// @param table  what arrange() made of it, whose rows the keys move over
void press(View& view, const Table& table, const Press& press, const Size& size);

/// The whole screen, @p size.height lines.
/// @param title  in the first line
[[nodiscard]] std::vector<Line> frame(const View& view, const Table& table,
                                      const std::string& title, const Size& size);

}  // namespace jailtop
