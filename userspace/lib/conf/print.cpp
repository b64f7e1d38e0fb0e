// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "jail/conf/syntax.hpp"
#include "lib/conf/characters.hpp"

namespace libjail::conf {
namespace {

/// A character between double quotes.
std::string quoted(char c) {
  if (c == '"' || c == '\\' || c == '$') return std::string("\\") + c;
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= ' ' && byte != 0x7f) return std::string(1, c);
  const auto octal = [byte](unsigned int shift) {
    return static_cast<char>('0' + (byte >> shift & 7U));
  };
  return std::string("\\") + octal(6) + octal(3) + octal(0);
}

std::string print(const Statement& statement) {
  std::string text = statement.variable ? "${" + statement.name + "}"
                                        : print(Word{.pieces = {{.text = statement.name}}});
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    text += i != 0 ? ", " : statement.append ? " += " : " = ";
    text += print(statement.values[i]);
  }
  return text + ";\n";
}

std::string print(const Block& block) {
  std::string text = print(Word{.pieces = {{.text = block.name}}}) + " {\n";
  for (const auto& statement : block.statements) text += "\t" + print(statement);
  return text + "}\n";
}

std::string print(const Include& include) {
  return ".include " + print(Word{.pieces = {{.text = include.pattern}}}) + ";\n";
}

}  // namespace

std::string print(const Word& word) {
  if (word.is_literal()) {
    const std::string text = word.literal();
    // ".include" is a keyword only where it stands bare.
    if (!text.empty() && std::ranges::all_of(text, is_name) && text != ".include") return text;
    if (text == "*") return text;
  }
  std::string text = "\"";
  for (const auto& piece : word.pieces) {
    if (piece.variable) {
      text += "${" + piece.text + "}";
    } else {
      for (const char c : piece.text) text += quoted(c);
    }
  }
  return text + "\"";
}

std::string print(const Document& document) {
  std::string text;
  for (const auto& item : document.items) {
    text += std::visit([](const auto& value) { return print(value); }, item);
  }
  return text;
}

}  // namespace libjail::conf
