// SPDX-License-Identifier: BSD-2-Clause
// The words and signs of jail.conf(5).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "jail/conf/syntax.hpp"

namespace libjail::conf {

struct Token {
  enum class Kind { kWord, kAssign, kAppend, kComma, kSemicolon, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  Position position{};
  Word word{};        ///< of kWord
  bool bare = false;  ///< a word without quotes and escapes: only such a one is a keyword

  /// For messages: "';'", "\"path\"", "the end of the file".
  [[nodiscard]] std::string text() const;
};

class Lexer {
 public:
  /// @param text  must outlive the lexer
  Lexer(std::string_view text, std::shared_ptr<const std::string> file)
      : text_(text), here_{.file = std::move(file)} {}

  /// The next token; kEnd again and again at the end.
  [[nodiscard]] Result<Token> next();

 private:
  [[nodiscard]] bool at_end() const { return next_ == text_.size(); }
  [[nodiscard]] bool ahead(std::string_view part) const {
    return text_.substr(next_).starts_with(part);
  }
  [[nodiscard]] bool comment_ahead() const { return ahead("#") || ahead("//") || ahead("/*"); }
  char take();

  [[nodiscard]] Result<void> skip_blanks();
  [[nodiscard]] Result<Token> word();
  [[nodiscard]] Result<void> single_quoted(Word& word);
  [[nodiscard]] Result<void> double_quoted(Word& word);
  /// @param quoted  in double quotes, which end the name too
  [[nodiscard]] Result<void> dollar(Word& word, bool quoted);
  [[nodiscard]] Result<void> escape(Word& word);

  std::string_view text_;
  std::size_t next_ = 0;
  Position here_;
};

}  // namespace libjail::conf
