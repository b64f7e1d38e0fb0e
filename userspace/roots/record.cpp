// SPDX-License-Identifier: BSD-2-Clause
#include "roots/record.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "jail/read_file.hpp"

namespace libjail::roots {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr auto kSharing = std::to_array<std::pair<Sharing, const char*>>(
    {{Sharing::kThin, "thin"}, {Sharing::kLink, "link"}, {Sharing::kCopy, "copy"}});

std::optional<std::string> string_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

}  // namespace

std::string print_record(const Record& record) {
  Json json;
  json["version"] = kVersion;
  json["source"] = record.source;
  for (const auto& [sharing, text] : kSharing) {
    if (sharing == record.sharing) json["sharing"] = text;
  }
  json["base"] = record.base;
  json["lower"] = record.lower;
  if (record.size != 0) json["size"] = record.size;
  // Paths need not be UTF-8; those that are not are refused where they are used.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Record> parse_record(const std::string& text) {
  const auto json = Json::parse(text, nullptr, false);
  const auto bad = [] { return fail(0, "not a record of a root directory"); };
  if (!json.is_object()) return bad();
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer() || version->get<int>() != kVersion) {
    return fail(0, "a record of another version");
  }
  auto source = string_of(json, "source");
  const auto sharing = string_of(json, "sharing");
  auto base = string_of(json, "base");
  auto lower = string_of(json, "lower");
  const auto size = json.find("size");
  if (!source || !sharing || !base || !lower) return bad();
  if (size != json.end() && !size->is_number_unsigned()) return bad();
  for (const auto& [value, name] : kSharing) {
    if (*sharing == name) {
      return Record{.source = *std::move(source),
                    .sharing = value,
                    .base = *std::move(base),
                    .lower = *std::move(lower),
                    .size = size == json.end() ? 0 : size->get<std::uint64_t>()};
    }
  }
  return bad();
}

Result<Record> read_record(Kernel& kernel, int folder, const std::string& name) {
  const auto text = read_file(kernel, folder, kRecordFile, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  const std::string what = name + "/" + kRecordFile;
  if (!text) return fail(text.error(), what);
  auto record = parse_record(*text);
  if (!record) record.error().what = what + ": " + record.error().what;
  return record;
}

Result<void> write_record(int folder, const Record& record) {
  const UniqueFd file(::openat(folder, kRecordFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const std::string text = print_record(record) + "\n";
  if (!file) return fail(errno, kRecordFile);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    return fail(written < 0 ? errno : ENOSPC, kRecordFile);
  }
  if (::fsync(file.get()) < 0) return fail(errno, kRecordFile);
  return {};
}

}  // namespace libjail::roots
