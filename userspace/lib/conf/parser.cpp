// SPDX-License-Identifier: BSD-2-Clause
#include <utility>

#include "jail/conf/syntax.hpp"
#include "lib/conf/lexer.hpp"

namespace libjail::conf {
namespace {

using Kind = Token::Kind;

/// Recursive descent without recursion: jails do not nest.
class Parser {
 public:
  Parser(std::string_view text, const std::string& file)
      : lexer_(text, std::make_shared<const std::string>(file)) {}

  Result<Document> file();

 private:
  /// Reads one token more.
  Result<void> advance();
  Result<void> end_of_statement();
  Result<Item> item();
  Result<Item> include(Position position);
  Result<Item> block(const Token& name);
  Result<Statement> statement(const Token& name);
  Result<std::vector<Word>> values();

  Lexer lexer_;
  Token token_;
};

Result<void> Parser::advance() {
  auto token = lexer_.next();
  if (!token) return std::unexpected(token.error());
  token_ = std::move(*token);
  return {};
}

Result<Document> Parser::file() {
  Document document;
  if (auto done = advance(); !done) return std::unexpected(done.error());
  while (token_.kind != Kind::kEnd) {
    if (token_.kind == Kind::kSemicolon) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      continue;
    }
    auto next = item();
    if (!next) return std::unexpected(next.error());
    document.items.push_back(std::move(*next));
  }
  return document;
}

Result<void> Parser::end_of_statement() {
  if (token_.kind == Kind::kSemicolon) return advance();
  return fail_at(token_.position, "expected ';' before " + token_.text());
}

Result<Item> Parser::item() {
  if (token_.kind != Kind::kWord) {
    return fail_at(token_.position, "expected a jail or a parameter before " + token_.text());
  }
  const Token first = std::move(token_);
  if (auto done = advance(); !done) return std::unexpected(done.error());
  if (first.bare && first.word.is_literal() && first.word.literal() == ".include") {
    return include(first.position);
  }
  if (token_.kind == Kind::kOpen) return block(first);
  auto parsed = statement(first);
  if (!parsed) return std::unexpected(parsed.error());
  return std::move(*parsed);
}

Result<Item> Parser::include(Position position) {
  if (token_.kind != Kind::kWord) {
    return fail_at(token_.position, "expected the name of a file before " + token_.text(),
                   ".include \"/etc/jail.conf.d/*.conf\";");
  }
  if (!token_.word.is_literal()) {
    return fail_at(token_.position, "the name of an included file has no variables");
  }
  Include result{.pattern = token_.word.literal(), .position = std::move(position)};
  if (result.pattern.empty()) return fail_at(token_.position, "the name of the file is empty");
  if (auto done = advance(); !done) return std::unexpected(done.error());
  if (auto done = end_of_statement(); !done) return std::unexpected(done.error());
  return result;
}

Result<Item> Parser::block(const Token& name) {
  if (!name.word.is_literal()) {
    return fail_at(name.position, "the name of a jail has no variables");
  }
  Block result{.name = name.word.literal(), .statements = {}, .position = name.position};
  if (auto done = advance(); !done) return std::unexpected(done.error());
  while (token_.kind != Kind::kClose) {
    if (token_.kind == Kind::kEnd) {
      return fail_at(name.position, "jail " + name.text() + " has no end", "end it with }");
    }
    if (token_.kind == Kind::kSemicolon) {
      if (auto done = advance(); !done) return std::unexpected(done.error());
      continue;
    }
    if (token_.kind != Kind::kWord) {
      return fail_at(token_.position, "expected a parameter before " + token_.text());
    }
    const Token first = std::move(token_);
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (token_.kind == Kind::kOpen) {
      return fail_at(token_.position, "a jail does not stand in another one");
    }
    if (first.bare && first.word.is_literal() && first.word.literal() == ".include") {
      return fail_at(first.position, ".include does not stand in a jail");
    }
    auto parsed = statement(first);
    if (!parsed) return std::unexpected(parsed.error());
    result.statements.push_back(std::move(*parsed));
  }
  if (auto done = advance(); !done) return std::unexpected(done.error());
  return result;
}

Result<Statement> Parser::statement(const Token& name) {
  const auto& pieces = name.word.pieces;
  if (pieces.size() != 1) {
    return fail_at(name.position, pieces.empty() ? "the name of the parameter is empty"
                                                 : "the name of a parameter has no variables");
  }
  Statement result{
      .name = pieces[0].text, .variable = pieces[0].variable, .position = name.position};
  const bool sign = token_.kind == Kind::kAssign || token_.kind == Kind::kAppend;
  if (sign) {
    result.append = token_.kind == Kind::kAppend;
    if (auto done = advance(); !done) return std::unexpected(done.error());
  }
  if (sign || token_.kind == Kind::kWord) {
    auto words = values();
    if (!words) return std::unexpected(words.error());
    result.values = std::move(*words);
  }
  if (auto done = end_of_statement(); !done) return std::unexpected(done.error());
  return result;
}

Result<std::vector<Word>> Parser::values() {
  std::vector<Word> words;
  for (;;) {
    if (token_.kind != Kind::kWord) {
      return fail_at(token_.position, "expected a value before " + token_.text(),
                     "an empty one is ''");
    }
    words.push_back(std::move(token_.word));
    if (auto done = advance(); !done) return std::unexpected(done.error());
    if (token_.kind != Kind::kComma) return words;
    if (auto done = advance(); !done) return std::unexpected(done.error());
  }
}

}  // namespace

bool Word::is_literal() const {
  return pieces.empty() || (pieces.size() == 1 && !pieces[0].variable);
}

std::string Word::literal() const { return pieces.empty() ? std::string() : pieces[0].text; }

Result<Document> parse(std::string_view text, const std::string& file) {
  return Parser(text, file).file();
}

}  // namespace libjail::conf
