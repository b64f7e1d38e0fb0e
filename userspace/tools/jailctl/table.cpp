// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/table.hpp"

#include <libsmartcols/libsmartcols.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "lib/text.hpp"

namespace jailctl {
namespace {

using Json = nlohmann::ordered_json;

struct Unref {
  void operator()(libscols_table* table) const { ::scols_unref_table(table); }
};

std::string key_of(const Column& column) {
  std::string key = column.heading;
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

Json cell_of(const Column& column, const std::string& text) {
  if (!column.number) return text;
  const auto number = libjail::parse_number<std::uint64_t>(text);
  return number ? Json(*number) : Json();
}

}  // namespace

std::string to_text(const Table& table) {
  if (table.rows.empty()) {  // the library prints nothing then
    std::string headings;
    for (const auto& column : table.columns) {
      headings += (headings.empty() ? "" : " ") + column.heading;
    }
    return headings + "\n";
  }
  const std::unique_ptr<libscols_table, Unref> output(::scols_new_table());
  if (output == nullptr) return {};
  for (const auto& column : table.columns) {
    const int flags = column.number ? SCOLS_FL_RIGHT : 0;
    if (::scols_table_new_column(output.get(), column.heading.c_str(), 0, flags) == nullptr) {
      return {};
    }
  }
  for (const auto& row : table.rows) {
    libscols_line* line = ::scols_table_new_line(output.get(), nullptr);
    if (line == nullptr) return {};
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (::scols_line_set_data(line, i, row[i].empty() ? "-" : row[i].c_str()) != 0) return {};
    }
  }
  char* text = nullptr;
  if (::scols_print_table_to_string(output.get(), &text) != 0) return {};
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return std::string(text) + "\n";
}

std::string to_json(const std::vector<std::pair<std::string, Table>>& tables) {
  Json document = Json::object();
  for (const auto& [name, table] : tables) {
    Json list = Json::array();
    for (const auto& row : table.rows) {
      Json entry = Json::object();
      for (std::size_t i = 0; i < row.size(); ++i) {
        entry[key_of(table.columns[i])] = cell_of(table.columns[i], row[i]);
      }
      list.push_back(std::move(entry));
    }
    document[name] = std::move(list);
  }
  return document.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace jailctl
