// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-nat/removal.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "network/translation.hpp"

namespace jail_nat {
namespace {

using Json = nlohmann::json;

const Json* member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? nullptr : &*found;
}

std::optional<std::string> text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_integer()) return json.dump();
  return {};
}

/// "10.9.0.2", or "tcp . 203.0.113.5 . 8080" where it has several parts.
std::optional<std::string> key_text(const Json& key) {
  const Json* parts = key.is_object() ? member(key, "concat") : nullptr;
  if (parts == nullptr) return text_of(key);
  std::string text;
  for (const auto& part : *parts) {
    const auto one = text_of(part);
    if (!one) return {};
    text += (text.empty() ? "" : " . ") + *one;
  }
  return text;
}

/// The key of an element of a set or map, if it belongs to the jail.
std::optional<std::string> key_of_jail(const Json& element, const std::string& jail) {
  const Json& key = element.is_array() && !element.empty() ? element.front() : element;
  const Json* body = key.is_object() ? member(key, "elem") : nullptr;
  if (body == nullptr || !body->is_object()) return {};
  const Json* owner = member(*body, "comment");
  const Json* value = member(*body, "val");
  if (owner == nullptr || value == nullptr || *owner != jail) return {};
  return key_text(*value);
}

}  // namespace

libjail::Result<std::vector<std::string>> removal(const std::string& table,
                                                  const std::string& jail) {
  std::vector<std::string> commands;
  if (table.empty()) return commands;
  const auto json = Json::parse(table, nullptr, false);
  const Json* items = json.is_object() ? member(json, "nftables") : nullptr;
  if (items == nullptr) {
    return libjail::fail(0, std::string("nft list table ") + libjail::network::kTable +
                                " answers with what is no JSON of nft(8)");
  }
  bool others = false;
  for (const auto& item : *items) {
    for (const char* kind : {"set", "map"}) {
      const Json* set = item.is_object() ? member(item, kind) : nullptr;
      const Json* elements = set != nullptr && set->is_object() ? member(*set, "elem") : nullptr;
      const Json* name = set != nullptr && set->is_object() ? member(*set, "name") : nullptr;
      if (elements == nullptr || name == nullptr || !name->is_string()) continue;
      for (const auto& element : *elements) {
        const auto key = key_of_jail(element, jail);
        others = others || !key;
        if (!key) continue;
        commands.push_back(std::string("delete element ") + libjail::network::kTable + " " +
                           name->get<std::string>() + " { " + *key + " }");
      }
    }
  }
  if (!others) commands = {std::string("delete table ") + libjail::network::kTable};
  return commands;
}

}  // namespace jail_nat
