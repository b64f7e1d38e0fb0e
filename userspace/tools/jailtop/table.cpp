// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/table.hpp"

#include <strings.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/text.hpp"

namespace jailtop {
namespace {

using Json = nlohmann::ordered_json;

/// A whole number without a point.
Json json_of(const std::optional<double>& number) {
  if (!number) return {};
  if (*number == std::floor(*number)) return static_cast<std::int64_t>(*number);
  return *number;
}

/// Whether a comes before b.
bool precedes(const Column& column, const Cell& a, const Cell& b, bool reverse) {
  if (!column.number) return reverse ? b.text < a.text : a.text < b.text;
  if (!a.number || !b.number) return a.number && !b.number;
  return reverse ? *a.number < *b.number : *b.number < *a.number;
}

std::string aligned(const Column& column, std::string text) {
  if (!column.number) return column.command ? text : cli::pad(std::move(text), column.width);
  if (text.size() < column.width) text.insert(0, column.width - text.size(), ' ');
  return text;
}

template <class TextOf>
std::string line(const Table& table, const TextOf& text_of) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += ' ';
    text += aligned(table.columns[i], text_of(i));
  }
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

std::optional<std::size_t> find_column(const Table& table, std::string_view heading) {
  const std::string wanted(heading);
  const auto found = std::ranges::find_if(table.columns, [&wanted](const Column& column) {
    return ::strcasecmp(column.heading.c_str(), wanted.c_str()) == 0;
  });
  if (found == table.columns.end()) return {};
  return static_cast<std::size_t>(found - table.columns.begin());
}

void sort(Table& table, const Order& order) {
  const auto& column = table.columns.at(order.column);
  std::ranges::stable_sort(table.rows, [&](const Row& a, const Row& b) {
    return precedes(column, a.cells[order.column], b.cells[order.column], order.reverse);
  });
}

void filter(Table& table, std::string_view text) {
  std::erase_if(table.rows, [text](const Row& row) {
    return std::ranges::none_of(
        row.cells, [text](const Cell& cell) { return cell.text.find(text) != std::string::npos; });
  });
}

std::string heading_line(const Table& table) {
  return line(table, [&](std::size_t i) { return table.columns[i].heading; });
}

std::string row_line(const Table& table, const Row& row) {
  return line(table, [&](std::size_t i) {
    return cli::escape(row.cells[i].text, !table.columns[i].command);
  });
}

std::string to_json(const Table& table, std::string_view name, double time) {
  Json list = Json::array();
  for (const auto& row : table.rows) {
    Json entry = Json::object();
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& cell = row.cells[i];
      const auto& column = table.columns[i];
      if (!column.number) {
        entry[column.key] = cell.text;
      } else {
        entry[column.key] = json_of(cell.number);
      }
    }
    list.push_back(std::move(entry));
  }
  Json document;
  document["time"] = time;
  document[std::string(name)] = std::move(list);
  return document.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace jailtop
