// SPDX-License-Identifier: BSD-2-Clause
// Lists for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace jailctl {

struct Column {
  std::string heading;  ///< "PIDS"; in small letters its key in JSON
  bool number = false;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows{};  ///< as many cells as there are columns
};

/// Columns below their headings. What the locale cannot print is escaped.
/// @return nothing where there is no memory
[[nodiscard]] std::string to_text(const Table& table);

/// An object with a list for each table, in ASCII. An empty cell of numbers is null; bytes that are
/// no UTF-8 are replaced.
[[nodiscard]] std::string to_json(const std::vector<std::pair<std::string, Table>>& tables);

}  // namespace jailctl
