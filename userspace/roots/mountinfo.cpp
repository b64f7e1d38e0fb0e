// SPDX-License-Identifier: BSD-2-Clause
#include "roots/mountinfo.hpp"

#include <fcntl.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "lib/text.hpp"

namespace libjail::roots {
namespace {

constexpr std::size_t kField = 4;  ///< of the mount point, from 0

/// Blanks, tabs, newlines and backslashes stand as three octal digits after a backslash.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code =
        text[i] == '\\' ? parse_number<unsigned char>(text.substr(i + 1, 3), 8) : std::nullopt;
    if (code) {
      result += static_cast<char>(*code);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> parse_mount_points(std::string_view text) {
  std::vector<std::string> points;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() > kField) points.push_back(unescaped(fields[kField]));
  }
  return points;
}

Result<std::vector<std::string>> mount_points(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) return fail(ENOENT, file, "mount /proc");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) return fail(EIO, file);
  return parse_mount_points(text);
}

}  // namespace libjail::roots
