// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/text.hpp"

#include <algorithm>

namespace libjail::doctor {
namespace {

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
}

std::string octal(char c) {
  const auto value = static_cast<unsigned char>(c);
  std::string text = "\\";
  for (int shift = 6; shift >= 0; shift -= 3) text += static_cast<char>('0' + (value >> shift & 7));
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += is_printable(c) && c != '\\' ? std::string(1, c) : octal(c);
  }
  return result;
}

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  const bool printable = std::ranges::all_of(text, is_printable);
  if (printable && text.find('\'') == std::string_view::npos) {
    return "'" + std::string(text) + "'";
  }
  std::string word = "$'";
  for (const char c : text) {
    word += is_printable(c) && c != '\\' && c != '\'' ? std::string(1, c) : octal(c);
  }
  return word + "'";
}

}  // namespace libjail::doctor
