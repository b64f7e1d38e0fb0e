// SPDX-License-Identifier: BSD-2-Clause
// The text of jail.conf(5) as a tree, with nothing looked up, included or substituted.
//
//   file      = { item } ;              item  = jail | parameter ";" | include ";" | ";" ;
//   jail      = word "{" { parameter ";" | ";" } "}" ;
//   parameter = name | name [ "=" | "+=" ] word { "," word } ;    name = word | "$" variable ;
//   include   = ".include" word ;
//   word      = one or more of bare characters, 'quoted', "quoted", \escape, $variable, ${variable}
//
// The grammar is that of FreeBSD's jail.conf(5). What FreeBSD takes and we refuse, as it reads
// otherwise than it looks: a comment that begins in the middle of a bare word (path = /a//b), an
// escape that is no byte or NUL.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jail/conf/position.hpp"
#include "jail/error.hpp"

namespace libjail::conf {

/// Literal text, or the name of a variable that stands for text.
struct Piece {
  std::string text;
  bool variable = false;

  bool operator==(const Piece&) const = default;
};

/// A string, in pieces: no empty literal, no two literals in a row; none at all for ''.
struct Word {
  std::vector<Piece> pieces;
  Position position{};

  /// The text, where no variable is in it.
  [[nodiscard]] bool is_literal() const;
  [[nodiscard]] std::string literal() const;
  /// Positions do not count.
  bool operator==(const Word& other) const { return pieces == other.pieces; }
};

/// `name;`, `name = values;` or `name += values;`
struct Statement {
  std::string name;
  bool variable = false;  ///< `$name = …`
  bool append = false;    ///< `+=`
  std::vector<Word> values{};
  Position position{};

  bool operator==(const Statement& other) const {
    return name == other.name && variable == other.variable && append == other.append &&
           values == other.values;
  }
};

/// `name { … }`
struct Block {
  std::string name;
  std::vector<Statement> statements;
  Position position{};

  bool operator==(const Block& other) const {
    return name == other.name && statements == other.statements;
  }
};

/// `.include "pattern";`
struct Include {
  std::string pattern;
  Position position{};

  bool operator==(const Include& other) const { return pattern == other.pattern; }
};

using Item = std::variant<Statement, Block, Include>;

struct Document {
  std::vector<Item> items;

  bool operator==(const Document&) const = default;
};

/// @param file  the name for messages
/// @return the tree, or the first mistake with its position
[[nodiscard]] Result<Document> parse(std::string_view text, const std::string& file);

/// A text that parse() makes the same tree of.
[[nodiscard]] std::string print(const Document& document);

/// A word as it can stand in a file, in quotes where it needs them.
[[nodiscard]] std::string print(const Word& word);

}  // namespace libjail::conf
