// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/lexer.hpp"

#include <algorithm>
#include <array>

#include "lib/conf/characters.hpp"

namespace libjail::conf {
namespace {

using Kind = Token::Kind;

struct Sign {
  std::string_view text;
  Kind kind;
};

constexpr auto kSigns = std::to_array<Sign>({{"+=", Kind::kAppend},
                                             {"=", Kind::kAssign},
                                             {",", Kind::kComma},
                                             {";", Kind::kSemicolon},
                                             {"{", Kind::kOpen},
                                             {"}", Kind::kClose}});

void append(Word& word, char c) {
  if (word.pieces.empty() || word.pieces.back().variable) word.pieces.push_back({.text = {}});
  word.pieces.back().text += c;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

/// What a letter after a backslash stands for, or the character itself.
char control(char c) {
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kControls = "\a\b\f\n\r\t\v";
  const auto found = kLetters.find(c);
  return found == std::string_view::npos ? c : kControls[found];
}

}  // namespace

std::string Token::text() const {
  if (kind == Kind::kEnd) return "the end of the file";
  if (kind == Kind::kWord) {
    constexpr std::size_t kMost = 40;
    const std::string text = print(word);
    return text.size() <= kMost ? text : text.substr(0, kMost) + "…";
  }
  const auto* const sign = std::ranges::find(kSigns, kind, &Sign::kind);
  return "'" + std::string(sign->text) + "'";
}

char Lexer::take() {
  const char c = text_[next_++];
  if (c == '\n') {
    ++here_.line;
    here_.column = 1;
  } else {
    ++here_.column;
  }
  return c;
}

Result<void> Lexer::skip_blanks() {
  for (;;) {
    if (ahead("#") || ahead("//")) {
      while (!at_end() && !ahead("\n")) take();
    } else if (ahead("/*")) {
      const Position start = here_;
      take();
      take();
      while (!at_end() && !ahead("*/")) take();
      if (at_end()) return fail_at(start, "the comment has no end", "end it with */");
      take();
      take();
    } else if (!at_end() && is_blank(text_[next_])) {
      take();
    } else {
      return {};
    }
  }
}

Result<Token> Lexer::next() {
  if (auto done = skip_blanks(); !done) return std::unexpected(done.error());
  Token token{.kind = Kind::kEnd, .position = here_};
  if (at_end()) return token;
  for (const auto& sign : kSigns) {
    if (!ahead(sign.text)) continue;
    token.kind = sign.kind;
    for (std::size_t i = 0; i < sign.text.size(); ++i) take();
    return token;
  }
  return word();
}

Result<Token> Lexer::word() {
  Token token{.kind = Kind::kWord,
              .position = here_,
              .word = {.pieces = {}, .position = here_},
              .bare = true};
  bool after_bare = false;
  while (!at_end()) {
    const char c = text_[next_];
    Result<void> done;
    if (is_blank(c) || ahead("+=") || std::string_view("=,;{}").find(c) != std::string_view::npos) {
      break;
    }
    if (comment_ahead()) {
      if (!after_bare) break;
      return fail_at(here_, "a comment begins in the middle of a word",
                     "put a blank before the comment, or the word in quotes");
    }
    after_bare = is_bare(c);
    if (after_bare) {
      append(token.word, take());
      continue;
    }
    if (c == '$') {
      done = dollar(token.word, false);
    } else if (c == '\'') {
      done = single_quoted(token.word);
    } else if (c == '"') {
      done = double_quoted(token.word);
    } else if (c == '\\') {
      done = escape(token.word);
    } else {
      return fail_at(here_, "character " + shown(c) + " outside of quotes",
                     c == '\0' ? "the file is no text" : "put the word in quotes");
    }
    token.bare = token.bare && c == '$';
    if (!done) return std::unexpected(done.error());
  }
  return token;
}

Result<void> Lexer::single_quoted(Word& word) {
  const Position start = here_;
  take();
  while (!at_end()) {
    if (ahead("'")) {
      take();
      return {};
    }
    if (ahead("\\")) {
      if (auto done = escape(word); !done) return done;
    } else if (ahead(std::string_view("\0", 1))) {
      return fail_at(here_, "character " + shown('\0') + " in a string", "the file is no text");
    } else {
      append(word, take());
    }
  }
  return fail_at(start, "the string has no end", "end it with '");
}

Result<void> Lexer::double_quoted(Word& word) {
  const Position start = here_;
  take();
  while (!at_end()) {
    Result<void> done;
    if (ahead("\"")) {
      take();
      return {};
    }
    if (ahead("\\")) {
      done = escape(word);
    } else if (ahead("$")) {
      done = dollar(word, true);
    } else if (ahead(std::string_view("\0", 1))) {
      return fail_at(here_, "character " + shown('\0') + " in a string", "the file is no text");
    } else {
      append(word, take());
    }
    if (!done) return done;
  }
  return fail_at(start, "the string has no end", "end it with \"");
}

Result<void> Lexer::dollar(Word& word, bool quoted) {
  const Position start = here_;
  take();
  std::string name;
  if (!ahead("{")) {
    while (!at_end() && is_identifier(text_[next_], name.empty())) name += take();
    if (name.empty()) {
      append(word, '$');
    } else {
      word.pieces.push_back({.text = std::move(name), .variable = true});
    }
    return {};
  }
  take();
  while (!at_end() && is_name(text_[next_])) name += take();
  if (at_end() || ahead("\n") || (quoted && ahead("\""))) {
    return fail_at(start, "the variable has no end", "end it with }");
  }
  if (!ahead("}")) {
    return fail_at(here_, "character " + shown(text_[next_]) + " in the name of a variable",
                   "letters, digits, '_', '-' and '.'");
  }
  take();
  if (name.empty()) return fail_at(start, "the variable has no name");
  word.pieces.push_back({.text = std::move(name), .variable = true});
  return {};
}

Result<void> Lexer::escape(Word& word) {
  const Position start = here_;
  take();
  if (at_end()) return fail_at(start, "nothing follows the backslash");
  if (ahead("\n") || ahead("\r\n")) {  // the string goes on in the next line
    while (take() != '\n') continue;
    return {};
  }
  const bool hexadecimal = ahead("x");
  if (!hexadecimal && digit(text_[next_]) > 7) {
    const char c = control(take());
    if (c == '\0') return fail_at(start, "character " + shown(c) + " in a string");
    append(word, c);
    return {};
  }
  if (hexadecimal) take();
  int value = 0;
  int digits = 0;
  const int base = hexadecimal ? 16 : 8;
  for (const int most = hexadecimal ? 2 : 3; digits < most && !at_end(); ++digits) {
    const int next = digit(text_[next_]);
    if (next >= base) break;
    value = value * base + next;
    take();
  }
  if (digits == 0) return fail_at(start, "no hexadecimal digit follows \\x");
  if (value == 0 || value > 0xff) {
    return fail_at(start, "the escape stands for no character of a string", "give \\001 to \\377");
  }
  append(word, static_cast<char>(value));
  return {};
}

}  // namespace libjail::conf
