// SPDX-License-Identifier: BSD-2-Clause
#include "lib/mount_table.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail {
namespace {

constexpr std::size_t kMaxTable = std::size_t{64} << 20;  // 100,000 mounts is the kernel's limit
// Fields before the optional ones, and those behind the "-" that ends them.
enum Field { kDevice = 2, kRoot = 3, kPoint = 4, kOptions = 5, kFirstOptional = 6 };
enum LastField { kType = 1, kSuper = 3, kLastFields = 4 };

/// Blanks, tabs, newlines and backslashes stand as three octal digits after a backslash.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code =
        text[i] == '\\' ? parse_number<unsigned char>(text.substr(i + 1, 3), 8) : std::nullopt;
    result += code ? static_cast<char>(*code) : text[i];
    if (code) i += 3;
  }
  return result;
}

std::optional<dev_t> parse_device(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 2) return {};
  const auto high = parse_number<unsigned int>(parts[0]);
  const auto low = parse_number<unsigned int>(parts[1]);
  if (!high || !low) return {};
  return makedev(*high, *low);
}

bool contains(std::string_view list, std::string_view option) {
  const auto parts = split(list, ',');
  return std::ranges::find(parts, option) != parts.end();
}

}  // namespace

bool MountEntry::has(std::string_view option) const { return contains(options, option); }

bool MountEntry::read_only() const { return has("ro") || contains(super, "ro"); }

std::vector<MountEntry> parse_mount_table(std::string_view text) {
  std::vector<MountEntry> table;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() <= kFirstOptional) continue;
    const auto dash = std::find(fields.begin() + kFirstOptional, fields.end(), "-");
    const auto device = parse_device(fields[kDevice]);
    if (fields.end() - dash < kLastFields || !device) continue;
    table.push_back({.device = *device,
                     .root = unescaped(fields[kRoot]),
                     .point = unescaped(fields[kPoint]),
                     .options = std::string(fields[kOptions]),
                     .type = std::string(dash[kType]),
                     .super = std::string(dash[kSuper])});
  }
  return table;
}

Result<std::vector<MountEntry>> read_mount_table(Kernel& kernel, const std::string& file) {
  const auto fd = kernel.openat2(AT_FDCWD, file.c_str(),
                                 {.flags = O_RDONLY | O_CLOEXEC, .mode = 0, .resolve = 0});
  if (!fd) return fail(fd.error(), file, fd.error() == ENOENT ? "mount /proc" : "");
  const auto text = read_all(fd->get(), kMaxTable);
  if (!text) return fail(text.error(), file);
  return parse_mount_table(*text);
}

bool is_within(std::string_view inner, std::string_view outer) {
  while (outer.ends_with('/')) outer.remove_suffix(1);
  return inner == outer || (inner.starts_with(outer) && inner[outer.size()] == '/') ||
         (outer.empty() && inner == "/");
}

}  // namespace libjail
