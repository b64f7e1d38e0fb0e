// SPDX-License-Identifier: BSD-2-Clause
#include "jail/listing.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail {
namespace {

/// Bytes; a jail takes about 200.
constexpr std::size_t kMaxListing = std::size_t{64} << 20;

/// Undoes the octal escapes of seq_escape(), as in /proc/mounts. A lone "-" means absent.
std::string unescape(std::string_view field) {
  if (field == "-") return {};
  std::string text;
  while (!field.empty()) {
    const auto code =
        field.front() == '\\' ? parse_number<unsigned int>(field.substr(1, 3), 8) : std::nullopt;
    text += code ? static_cast<char>(*code) : field.front();
    field.remove_prefix(code ? std::min<std::size_t>(4, field.size()) : 1);
  }
  return text;
}

class Row {
 public:
  Row(const std::vector<std::string_view>& columns, std::vector<std::string_view> fields)
      : columns_(columns), fields_(std::move(fields)) {}

  [[nodiscard]] bool complete() const { return fields_.size() == columns_.size(); }

  [[nodiscard]] std::optional<std::string_view> field(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    if (found == columns_.end()) return {};
    return fields_[static_cast<std::size_t>(found - columns_.begin())];
  }

  [[nodiscard]] std::string text(std::string_view column) const {
    return unescape(field(column).value_or("-"));
  }

  template <class T>
  [[nodiscard]] std::optional<T> number(std::string_view column, int base = 10) const {
    return parse_number<T>(field(column).value_or(""), base);
  }

 private:
  const std::vector<std::string_view>& columns_;
  std::vector<std::string_view> fields_;
};

std::optional<ListedJail> parse_row(const Row& row) {
  if (!row.complete()) return {};
  const auto jid = row.number<std::uint32_t>("jid");
  const auto parent = row.number<std::uint32_t>("parent");
  const auto processes = row.number<std::uint32_t>("processes");
  const auto ceiling = row.number<std::uint64_t>("ceiling", 16);
  if (!jid || !parent || !processes || !ceiling) return {};
  return ListedJail{.jid = *jid,
                    .parent = *parent,
                    .dying = row.text("state") == "dying",
                    .processes = *processes,
                    .ceiling = *ceiling,
                    .address = row.text("address"),
                    .name = std::string(row.field("name").value_or("")),  // "-" is one
                    .hostname = row.text("hostname"),
                    .path = row.text("path")};
}

}  // namespace

Result<std::vector<ListedJail>> parse_listing(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto lines = split(text, '\n');
  const auto columns = split(lines.front(), ' ');
  std::vector<ListedJail> jails;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto jail = parse_row(Row(columns, split(lines[i], ' ')));
    if (!jail) return fail(EPROTO, "line " + std::to_string(i + 1) + " of the list of jails");
    jails.push_back(std::move(*jail));
  }
  return jails;
}

Result<std::vector<ListedJail>> list_jails(Kernel& kernel, const char* path) {
  const auto text = read_file(kernel, AT_FDCWD, path, 0, kMaxListing);
  if (!text) return fail(text.error(), std::string("list of jails ") + path);
  return parse_listing(*text);
}

}  // namespace libjail
