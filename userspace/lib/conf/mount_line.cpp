// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/mount_line.hpp"

#include <algorithm>

#include "lib/text.hpp"

namespace libjail::conf {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr const char* kForm = "SOURCE TARGET TYPE [OPTION,... [DUMP [PASS]]]";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos || line[start] == '#') return fields;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(kBlanks), line.size());
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// Blanks and backslashes stand as \040 and so on.
std::string decode(std::string_view field) {
  std::string text;
  while (!field.empty()) {
    if (field.front() == '\\' && field.size() >= 4) {
      const auto value = parse_number<unsigned int>(field.substr(1, 3), 8);
      if (value && *value > 0 && *value < 0x100) {
        text += static_cast<char>(*value);
        field.remove_prefix(4);
        continue;
      }
    }
    text += field.front();
    field.remove_prefix(1);
  }
  return text;
}

/// The parts of a path that mean something.
std::vector<std::string_view> parts_of(std::string_view path) {
  auto parts = split(path, '/');
  std::erase(parts, "");
  return parts;
}

}  // namespace

Result<std::optional<Mount>> parse_mount_line(std::string_view line, std::string_view root) {
  const auto fields = fields_of(line);
  if (fields.empty()) return std::nullopt;
  const std::string what = "mount \"" + std::string(line) + "\"";
  if (fields.size() < 3 || fields.size() > 6) {
    return fail(0, what + " has " + std::to_string(fields.size()) + " fields", kForm);
  }
  for (std::size_t i = 4; i < fields.size(); ++i) {
    if (!parse_number<unsigned int>(fields[i])) {
      return fail(0, what + ": \"" + std::string(fields[i]) + "\" is no number", kForm);
    }
  }
  Mount mount{.source = decode(fields[0]),
              .target = decode(fields[1]),
              .type = std::string(fields[2]),
              .options = {}};
  if (fields.size() > 3) {
    for (const auto option : split(fields[3], ',')) mount.options.emplace_back(option);
  }
  const auto target = parts_of(mount.target);
  if (!mount.target.starts_with('/') || std::ranges::find(target, ".") != target.end() ||
      std::ranges::find(target, "..") != target.end()) {
    return fail(0, what + ": " + mount.target + " is no absolute path without \".\" and \"..\"");
  }
  const auto above = parts_of(root);
  if (target.size() < above.size() || !std::equal(above.begin(), above.end(), target.begin())) {
    return fail(0,
                what + ": " + mount.target + " is not below the jail's path " + std::string(root));
  }
  return mount;
}

}  // namespace libjail::conf
