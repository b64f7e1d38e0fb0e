// SPDX-License-Identifier: BSD-2-Clause
#include "jail/name.hpp"

#include <linux/jail.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace libjail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '.';
}

/// Whether the folder of the jail could not stand beside the files of its parent: the control group
/// of a jail is named as the jail is (cgroups(7): CONTROLLER.FILE).
bool is_control_file(std::string_view text) {
  constexpr auto kGroups =
      std::to_array<std::string_view>({"cgroup", "cpu", "cpuset", "dmem", "hugetlb", "io", "irq",
                                       "memory", "misc", "pids", "rdma"});
  const auto dot = text.find('.');
  return dot != std::string_view::npos &&
         std::ranges::find(kGroups, text.substr(0, dot)) != kGroups.end();
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
  if (text == "." || text == "..") {
    return fail(EINVAL, what + " means a folder", "take another name");
  }
  if (is_control_file(text)) {
    return fail(
        EINVAL, what + " could be that of a file of a control group",
        "take one that does not begin with " + std::string(text.substr(0, text.find('.') + 1)));
  }
  return std::string(text);
}

}  // namespace libjail
