// SPDX-License-Identifier: BSD-2-Clause
#include "jail/name.hpp"

#include <linux/jail.h>

#include <algorithm>
#include <cerrno>

namespace libjail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '.';
}

}  // namespace

Result<std::string> parse_name(std::string_view text) {
  const std::string what = "name \"" + std::string(text) + "\"";
  if (text.empty()) return fail(EINVAL, what + " is empty");
  if (text.size() >= JAIL_NAME_SIZE) {
    return fail(ENAMETOOLONG, what,
                "at most " + std::to_string(JAIL_NAME_SIZE - 1) + " characters");
  }
  if (!std::ranges::all_of(text, is_name_character)) {
    return fail(EINVAL, what + " has other characters than letters, digits, '_', '-' and '.'");
  }
  if (std::ranges::all_of(text, is_digit)) {
    return fail(EINVAL, what + " is a number", "a number means a jail ID");
  }
  return std::string(text);
}

}  // namespace libjail
