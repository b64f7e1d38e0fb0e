// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/operands.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "lib/text.hpp"
#include "tools/jail/selection.hpp"

namespace jail_tool {
namespace {

namespace conf = libjail::conf;

constexpr std::string_view kCommand = "command=";

conf::Position position_of(int operand) {
  static const auto file = std::make_shared<const std::string>("command line");
  return {.file = file, .line = std::max(operand, 1), .column = 1};
}

}  // namespace

bool are_parameters(const std::vector<std::string>& operands) {
  return std::ranges::any_of(
      operands, [](const std::string& operand) { return operand.find('=') != std::string::npos; });
}

conf::Statement statement(const std::string& name, const std::optional<std::string>& value,
                          int operand) {
  conf::Statement made{.name = name, .position = position_of(operand)};
  if (!value) return made;
  conf::Word word{.pieces = {}, .position = made.position};
  if (!value->empty()) word.pieces.push_back({.text = *value});
  made.values.push_back(std::move(word));
  return made;
}

libjail::Result<OperandJail> read_operands(const std::vector<std::string>& operands,
                                           const std::string& name) {
  OperandJail jail{.block = {.name = name, .statements = {}, .position = position_of(1)},
                   .argv = {}};
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const std::string& operand = operands[i];
    if (operand.starts_with(kCommand)) {
      jail.argv.assign(operands.begin() + static_cast<std::ptrdiff_t>(i), operands.end());
      jail.argv[0].erase(0, kCommand.size());
      if (jail.argv[0].empty()) return libjail::fail(0, "operand \"command=\" has no command");
      break;
    }
    const auto equals = operand.find('=');
    std::string key = operand.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = operand.substr(equals + 1);
    if (key == "name") {
      if (!jail.block.name.empty()) return libjail::fail(0, "the jail has two names");
      jail.block.name = value.value_or("");
      continue;
    }
    const bool append = key.ends_with('+') && value;
    if (append) key.pop_back();
    auto made = statement(key, value, static_cast<int>(i) + 1);
    made.append = append;
    jail.block.statements.push_back(std::move(made));
  }
  if (is_wildcard(jail.block.name)) {
    return libjail::fail(0, "name \"" + jail.block.name + "\" stands for several jails",
                         "parameters make one");
  }
  return jail;
}

void take_jid_for_name(conf::Block& block) {
  const auto jid = std::ranges::find(block.statements, "jid", &conf::Statement::name);
  if (!block.name.empty() || jid == block.statements.end() || jid->values.size() != 1) return;
  const std::string number = jid->values.front().literal();
  if (!libjail::parse_number<std::uint32_t>(number)) return;
  block.name = number;
  block.statements.erase(jid);
}

}  // namespace jail_tool
