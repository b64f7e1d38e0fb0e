// SPDX-License-Identifier: BSD-2-Clause
// Jails or processes as rows that can be sorted, filtered and printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jailtop {

struct Column {
  std::string heading;   ///< "CPU%"
  std::string key;       ///< "cpu_percent", in JSON
  std::size_t width;     ///< of the screen
  bool number = false;   ///< sorted from the greatest on, and to the right
  bool command = false;  ///< as wide as the screen is
};

struct Cell {
  std::string text;
  std::optional<double> number{};  ///< absent where it is not known
};

struct Row {
  std::uint32_t id{};  ///< the jail ID or the process number
  std::vector<Cell> cells;
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows{};
};

struct Order {
  std::size_t column = 0;
  bool reverse = false;
};

/// The column with this heading, in any case.
[[nodiscard]] std::optional<std::size_t> find_column(const Table& table, std::string_view heading);

/// Numbers from the greatest on, words from A on; what is not known comes last in any order.
void sort(Table& table, const Order& order);

/// Keeps the rows with a cell that @p text is in; all where it is empty.
void filter(Table& table, std::string_view text);

/// A line without a newline. What cannot be printed is escaped.
[[nodiscard]] std::string heading_line(const Table& table);
[[nodiscard]] std::string row_line(const Table& table, const Row& row);

/// A list of objects with the keys of the columns, in ASCII, after @p time; one line.
[[nodiscard]] std::string to_json(const Table& table, std::string_view name, double time);

}  // namespace jailtop
