// SPDX-License-Identifier: BSD-2-Clause
#include "cli/text.hpp"
#include "tools/jls/print.hpp"

namespace jls_tool {
namespace {

using cli::escape;
using cli::pad;
using cli::quote;

// Widths of columns.
constexpr std::size_t kJid = 6;
constexpr std::size_t kName = 15;
constexpr std::size_t kAddress = 15;
constexpr std::size_t kHostname = 29;
constexpr const char* kIndent = "        ";  // below the jid and the two blanks that follow it

std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string table_line(const Request& request, const std::string& jail, const std::string& address,
                       const std::string& hostname, const std::string& path) {
  const std::string first =
      request.by_name ? " " + pad(jail, kName) + " " : right(jail, kJid) + "  ";
  return first + pad(address, kAddress) + " " + pad(hostname, kHostname) + " " + path + "\n";
}

std::string table_row(const Request& request, const Jail& jail) {
  const auto& listed = jail.listed;
  return table_line(request, request.by_name ? escape(listed.name) : std::to_string(listed.jid),
                    escape(listed.address), escape(listed.hostname, true), escape(listed.path));
}

std::string verbose_head() {
  return right("JID", kJid) + "  " + pad("Hostname", kHostname) + " Path\n" + kIndent +
         pad("Name", kHostname) + " State\n" + kIndent + "CPUSetID\n" + kIndent +
         "IP Address(es)\n";
}

std::string verbose_rows(const Jail& jail) {
  const auto& listed = jail.listed;
  std::string text = right(std::to_string(listed.jid), kJid) + "  " +
                     pad(escape(listed.hostname, true), kHostname) + " " + escape(listed.path) +
                     "\n" + kIndent + pad(escape(listed.name), kHostname) + " " +
                     (listed.dying ? "DYING" : "ACTIVE") + "\n" + kIndent + "-\n";
  if (!listed.address.empty()) text += kIndent + escape(listed.address) + "\n";
  return text;
}

/// "allow.unsafe" or "allow.nounsafe".
std::string boolean_name(std::string_view name, bool value) {
  const auto dot = name.rfind('.');
  const std::size_t last = dot == std::string_view::npos ? 0 : dot + 1;
  return std::string(name.substr(0, last)) + (value ? "" : "no") + std::string(name.substr(last));
}

std::string nothing(const Request& request) {
  if (request.quoted) return "\"\"";
  return request.name_value ? "" : "-";
}

std::string value_text(const Request& request, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return request.quoted || text->empty() ? quote(*text) : escape(*text);
  }
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  const auto* items = std::get_if<std::vector<std::string>>(&value);
  if (items == nullptr || items->empty()) return nothing(request);
  std::string text;
  for (const auto& item : *items) text += (text.empty() ? "" : ",") + escape(item);
  return text;
}

std::string field(const Request& request, const Parameter& parameter, const Jail& jail) {
  const auto value = parameter.value(jail);
  if (!request.name_value) return value_text(request, value);
  if (const auto* boolean = std::get_if<bool>(&value)) {
    return boolean_name(parameter.name, *boolean);
  }
  return std::string(parameter.name) + "=" + value_text(request, value);
}

std::string row(const Request& request, const Jail& jail) {
  std::string text;
  for (const auto* parameter : request.parameters) {
    if (request.settable && (parameter->read_only || is_unused(*parameter, jail))) continue;
    text += (text.empty() ? "" : " ") + field(request, *parameter, jail);
  }
  return text + "\n";
}

std::string header(const Request& request) {
  std::string text;
  for (const auto* parameter : request.parameters) {
    text += (text.empty() ? "" : " ") + std::string(parameter->name);
  }
  return text + "\n";
}

}  // namespace

std::string print_text(const Request& request, std::span<const Jail> jails) {
  std::string text;
  switch (request.layout) {
    case Request::Layout::kTable:
      text = table_line(request, "JID", "IP Address", "Hostname", "Path");
      for (const auto& jail : jails) text += table_row(request, jail);
      break;
    case Request::Layout::kVerbose:
      text = verbose_head();
      for (const auto& jail : jails) text += verbose_rows(jail);
      break;
    case Request::Layout::kParameters:
      if (request.header) text = header(request);
      for (const auto& jail : jails) text += row(request, jail);
      break;
  }
  return text;
}

}  // namespace jls_tool
