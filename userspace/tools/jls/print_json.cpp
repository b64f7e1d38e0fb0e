// SPDX-License-Identifier: BSD-2-Clause
#include <nlohmann/json.hpp>

#include "tools/jls/print.hpp"

namespace jls_tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVersion = "2";  // of the shape, as on FreeBSD

Json addresses(const Jail& jail) {
  Json list = Json::array();
  if (!jail.listed.address.empty()) list.push_back(jail.listed.address);
  return list;
}

Json table_entry(const Request& request, const Jail& jail) {
  const auto& listed = jail.listed;
  Json entry;
  if (request.by_name) {
    entry["name"] = listed.name;
  } else {
    entry["jid"] = listed.jid;
  }
  entry["ipv4"] = listed.address;
  entry["hostname"] = listed.hostname;
  entry["path"] = listed.path;
  return entry;
}

Json verbose_entry(const Jail& jail) {
  const auto& listed = jail.listed;
  Json entry;
  entry["jid"] = listed.jid;
  entry["hostname"] = listed.hostname;
  entry["path"] = listed.path;
  entry["name"] = listed.name;
  entry["state"] = listed.dying ? "DYING" : "ACTIVE";
  entry["ipv4_addrs"] = addresses(jail);
  return entry;
}

/// Numbers are strings here, and so are booleans unless names were asked for: as on FreeBSD.
Json parameter_entry(const Request& request, const Jail& jail) {
  Json entry = Json::object();
  for (const auto* parameter : request.parameters) {
    if (request.settable && (parameter->read_only || is_unused(*parameter, jail))) continue;
    const auto value = parameter->value(jail);
    const std::string name(parameter->name);
    if (const auto* text = std::get_if<std::string>(&value)) {
      entry[name] = *text;
    } else if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
      entry[name] = *items;
    } else if (const auto* boolean = std::get_if<bool>(&value)) {
      if (request.name_value) {
        entry[name] = *boolean;
      } else {
        entry[name] = *boolean ? "true" : "false";
      }
    }
  }
  return entry;
}

Json entry_of(const Request& request, const Jail& jail) {
  switch (request.layout) {
    case Request::Layout::kTable:
      return table_entry(request, jail);
    case Request::Layout::kVerbose:
      return verbose_entry(jail);
    case Request::Layout::kParameters:
      return parameter_entry(request, jail);
  }
  return {};
}

/// In ASCII, so that nothing in it can move a terminal; a byte that is no UTF-8 is replaced.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string print_json(const Request& request, std::span<const Jail> jails) {
  Json list = Json::array();
  for (const auto& jail : jails) list.push_back(entry_of(request, jail));
  if (request.style == Request::Style::kPrettyJson) {
    Json document;
    document["__version"] = kVersion;
    document["jail-information"]["jail"] = std::move(list);
    return dump(document, 2) + "\n";
  }
  // FreeBSD's bytes: blanks between the outer parts only.
  std::string text =
      std::string(R"({"__version": ")") + kVersion + R"(", "jail-information": {"jail": [)";
  bool first = true;
  for (const auto& entry : list) {
    if (!std::exchange(first, false)) text += ", ";
    text += dump(entry, -1);
  }
  return text + "]}}\n";
}

}  // namespace jls_tool
