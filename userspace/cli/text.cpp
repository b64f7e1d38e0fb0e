// SPDX-License-Identifier: BSD-2-Clause
#include "cli/text.hpp"

#include <array>
#include <cwchar>

namespace cli {
namespace {

/// The first character of a text.
struct Character {
  std::string_view bytes;
  int width;  ///< in columns; 0 where it is not to be printed
};

Character first_of(std::string_view text) {
  std::mbstate_t state{};
  wchar_t wide = 0;
  const std::size_t length = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (length == 0 || length > text.size()) return {.bytes = text.substr(0, 1), .width = 0};
  // Nothing without a width, which could change the order or the looks of its neighbours.
  const int width = ::wcwidth(wide);
  return {.bytes = text.substr(0, length), .width = width > 0 ? width : 0};
}

std::string octal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += '\\';
    for (int shift = 6; shift >= 0; shift -= 3) {
      text += static_cast<char>('0' + (value >> shift & 7));
    }
  }
  return text;
}

/// As $'…' has it.
std::string dollar_quote(std::string_view text) {
  std::string quoted = "$'";
  while (!text.empty()) {
    const auto [bytes, width] = first_of(text);
    if (width == 0) {
      quoted += octal(bytes);
    } else {
      if (bytes == "'" || bytes == "\\") quoted += '\\';
      quoted += bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return quoted + "'";
}

bool has_any(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const auto [bytes, width] = first_of(text);
    if (width == 0) return false;
    text.remove_prefix(bytes.size());
  }
  return true;
}

}  // namespace

std::string escape(std::string_view text, bool blanks) {
  std::string escaped;
  while (!text.empty()) {
    const auto [bytes, width] = first_of(text);
    const bool plain = width > 0 && bytes != "\\" && !(blanks && bytes == " ");
    escaped += plain ? std::string(bytes) : octal(bytes);
    text.remove_prefix(bytes.size());
  }
  return escaped;
}

std::string quote(std::string_view text) {
  if (text.empty()) return "\"\"";
  if (!is_printable(text)) return dollar_quote(text);
  if (!has_any(text, " '\"\\$`!*?[](){}<>|&;#~")) return std::string(text);
  if (!has_any(text, "\"\\$`!")) return "\"" + std::string(text) + "\"";
  if (!has_any(text, "'")) return "'" + std::string(text) + "'";
  return dollar_quote(text);
}

std::string pad(std::string text, std::size_t width) {
  std::size_t columns = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto [bytes, wide] = first_of(rest);
    columns += static_cast<std::size_t>(wide);
    rest.remove_prefix(bytes.size());
  }
  if (columns < width) text.append(width - columns, ' ');
  return text;
}

std::string cut(std::string_view text, std::size_t width) {
  std::string first;
  for (std::size_t columns = 0; !text.empty();) {
    const auto [bytes, wide] = first_of(text);
    columns += static_cast<std::size_t>(wide);
    if (columns > width) break;
    first += bytes;
    text.remove_prefix(bytes.size());
  }
  return first;
}

}  // namespace cli
