// SPDX-License-Identifier: BSD-2-Clause
// What a character means in jail.conf(5).
#pragma once

#include <string>
#include <string_view>

namespace libjail::conf {

[[nodiscard]] inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// In the name of a variable without braces.
[[nodiscard]] inline bool is_identifier(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (!first && c >= '0' && c <= '9');
}

/// In the name of a variable with braces, and of a parameter.
[[nodiscard]] inline bool is_name(char c) {
  return is_identifier(c, false) || c == '-' || c == '.';
}

/// In a word without quotes.
[[nodiscard]] inline bool is_bare(char c) {
  return is_name(c) ||
         (c != '\0' && std::string_view("!%&()*+/:<>?@[]^`|~").find(c) != std::string_view::npos);
}

/// For messages: 'x', or \xNN.
[[nodiscard]] inline std::string shown(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (c > ' ' && c < '\x7f') return std::string("'") + c + "'";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("\\x") + kDigits[byte >> 4U] + kDigits[byte & 0xfU];
}

}  // namespace libjail::conf
