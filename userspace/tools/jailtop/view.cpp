// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/view.hpp"

#include <algorithm>
#include <array>

#include "cli/text.hpp"

namespace jailtop {
namespace {

constexpr std::size_t kOutside = 3;  // lines that are no rows: title, headings, notice

constexpr auto kHelp = std::to_array<const char*>(
    {"Up Down PgUp PgDn Home End   select a row", "Enter   the processes of the jail",
     "Esc     back to the jails", "< >     sort by the column to the left, to the right",
     "r       the other way round", "/       show what has the text that is typed; Esc: all",
     "Space   look again at once", "q       quit", "",
     "IO/s: bytes read and written a second. DENY/s: refusals. EXEC/s: programs executed."});

std::size_t rows_on(const Size& size) {
  return size.height > kOutside ? size.height - kOutside : 0;
}

/// Where the selected row is; the first where there is none or it is gone.
std::size_t position(const List& list, const Table& table) {
  const auto found =
      std::ranges::find_if(table.rows, [&list](const Row& row) { return list.selected == row.id; });
  return found == table.rows.end() ? 0 : static_cast<std::size_t>(found - table.rows.begin());
}

void select(List& list, const Table& table, std::size_t at) {
  if (table.rows.empty()) return;
  list.selected = table.rows[std::min(at, table.rows.size() - 1)].id;
}

void scroll(List& list, const Table& table, const Size& size) {
  const std::size_t rows = rows_on(size);
  const std::size_t at = position(list, table);
  if (at < list.first) list.first = at;
  if (rows > 0 && at >= list.first + rows) list.first = at - rows + 1;
  const std::size_t last = table.rows.size() > rows ? table.rows.size() - rows : 0;
  list.first = std::min(list.first, last);
}

void type(View& view, const Press& press) {
  auto& text = view.list().filter;
  if (press.key == Key::kEnter) {
    view.typing = false;
  } else if (press.key == Key::kEscape) {
    view.typing = false;
    text = view.before;
  } else if (press.key == Key::kErase) {
    if (!text.empty()) text.pop_back();
  } else if (press.character != 0) {
    text += press.character;
  }
}

/// Key::kEnter and Key::kEscape.
void enter(View& view, const Table& table) {
  if (view.inside || table.rows.empty()) return;
  const auto& row = table.rows[position(view.jails, table)];
  view.inside = row.id;
  view.inside_name = row.cells.size() > 1 ? row.cells[1].text : "";
  view.processes = {.order = view.processes.order};
}

void leave(View& view) {
  if (view.inside) {
    view.inside.reset();
  } else {
    view.jails.filter.clear();
  }
}

void move(View& view, const Table& table, Key key, const Size& size) {
  auto& list = view.list();
  const std::size_t page = std::max<std::size_t>(rows_on(size), 1);
  const std::size_t at = position(list, table);
  switch (key) {
    case Key::kUp:
      return select(list, table, at > 0 ? at - 1 : 0);
    case Key::kDown:
      return select(list, table, at + 1);
    case Key::kPageUp:
      return select(list, table, at > page ? at - page : 0);
    case Key::kPageDown:
      return select(list, table, at + page);
    case Key::kHome:
      return list.selected.reset();
    case Key::kEnd:
      return select(list, table, table.rows.size());
    case Key::kEnter:
      return enter(view, table);
    case Key::kEscape:
    case Key::kErase:
      return leave(view);
    case Key::kNone:
      return;
  }
}

void command(View& view, const Table& table, char character) {
  auto& order = view.list().order;
  switch (character) {
    case 'q':
      view.quit = true;
      return;
    case '/':
      view.typing = true;
      view.before = view.list().filter;
      return;
    case '<':
      order.column = order.column > 0 ? order.column - 1 : table.columns.size() - 1;
      return;
    case '>':
      order.column = order.column + 1 < table.columns.size() ? order.column + 1 : 0;
      return;
    case 'r':
      order.reverse = !order.reverse;
      return;
    case 'h':
    case '?':
      view.help = true;
      return;
    default:
      return;
  }
}

std::string last_line(const View& view) {
  const auto& filter = view.list().filter;
  if (view.typing) return "/" + filter + "_";
  if (!view.notice.empty()) return view.notice;
  if (view.help) return "any key goes on";
  const std::string shown = filter.empty() ? "" : "/" + filter + "  ";
  return shown + (view.inside ? "Esc jails" : "Enter processes") +
         "  / filter  < > sort  r reverse  h help  q quit";
}

}  // namespace

void arrange(View& view, Table& table, const Size& size) {
  auto& list = view.list();
  filter(table, list.filter);
  sort(table, list.order);
  if (list.selected && std::ranges::count(table.rows, *list.selected, &Row::id) == 0) {
    list.selected.reset();
  }
  scroll(list, table, size);
}

void press(View& view, const Table& table, const Press& press, const Size& size) {
  view.notice.clear();
  if (view.help) {
    view.help = false;
  } else if (view.typing) {
    type(view, press);
  } else if (press.character != 0) {
    command(view, table, press.character);
  } else {
    move(view, table, press.key, size);
  }
}

std::vector<Line> frame(const View& view, const Table& table, const std::string& title,
                        const Size& size) {
  const auto& list = view.list();
  const auto& sorted = table.columns.at(list.order.column).heading;
  const std::string inside = view.inside ? "jail " + cli::escape(view.inside_name) + ": " : "";
  std::vector<Line> lines{
      {inside + title + "; by " + sorted + (list.order.reverse ? ", reversed" : ""), Style::kTitle},
      {heading_line(table), Style::kHeading}};
  if (view.help) {
    lines.pop_back();
    for (const char* text : kHelp) lines.push_back({text});
  } else {
    for (std::size_t i = list.first; i < table.rows.size() && lines.size() < rows_on(size) + 2;
         ++i) {
      const bool selected = i == position(list, table);
      lines.push_back(
          {row_line(table, table.rows[i]), selected ? Style::kSelected : Style::kPlain});
    }
  }
  lines.resize(size.height > 0 ? size.height - 1 : 0);
  if (size.height > 0) lines.push_back({last_line(view), Style::kNotice});
  for (auto& line : lines) {
    line.text = cli::cut(line.text, size.width);
    if (line.style == Style::kSelected) line.text = cli::pad(line.text, size.width);
  }
  return lines;
}

}  // namespace jailtop
