// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/event_text.hpp"

#include <arpa/inet.h>

#include <array>
#include <cmath>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/text.hpp"
#include "jail/address.hpp"
#include "jail/capmask.hpp"
#include "monitor/object_text.hpp"
#include "monitor/reasons.hpp"

namespace monitor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

// Widths of columns.
constexpr std::size_t kTime = 12;
constexpr std::size_t kJid = 6;
constexpr std::size_t kName = 12;
constexpr std::size_t kEvent = 7;
constexpr std::size_t kPid = 7;
constexpr std::size_t kComm = 15;
constexpr std::size_t kUid = 5;

template <std::size_t size>
std::string_view text_of(const char (&field)[size]) {  // NOLINT(*-avoid-c-arrays)
  return {static_cast<const char*>(field), ::strnlen(static_cast<const char*>(field), size)};
}

std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// "EPERM", or the number where it has no name.
std::string error_name(int err) {
  const char* name = ::strerrorname_np(-err);
  return name != nullptr ? name : std::to_string(err);
}

std::string address(std::uint32_t network_order) {
  return libjail::format_ip(ntohl(network_order));
}

std::string endpoint(std::uint32_t ip, const jail_event& event) {
  return address(ip) + ":" + std::to_string(ntohs(event.port));
}

std::string ceiling(const jail_event& event) {
  return event.ceiling == libjail::kDefaultCeiling ? "default"
                                                   : libjail::format_capmask(event.ceiling);
}

/// "1.234 s"
std::string seconds(std::uint64_t nanoseconds) {
  std::string fraction = std::to_string(nanoseconds % kSecond / kMillisecond);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(nanoseconds / kSecond) + "." + fraction + " s";
}

/// "1 task", "2 tasks"
std::string counted(std::uint64_t number, const char* what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string denial(const jail_event& event) {
  std::string text = name_of(reason_names(), event.reason);
  const auto object = object_text(text_of(event.object));
  if (object.starts_with(text)) {
    text = cli::escape(object);  // "process 12" is no "process process 12"
  } else if (!object.empty()) {
    text += " " + cli::escape(object);
  }
  text += ": " + error_name(event.err);
  if (const auto wall = text_of(event.wall); !wall.empty()) text += " (" + cli::escape(wall) + ")";
  return text;
}

/// Whose doing it is; the end of a jail is that of no process.
bool has_process(const jail_event& event) { return event.kind != JAIL_EVENT_EXIT; }

std::tm broken_down(std::int64_t time, bool utc) {
  const std::time_t whole = time / kSecond;
  std::tm parts{};
  static_cast<void>(utc ? ::gmtime_r(&whole, &parts) : ::localtime_r(&whole, &parts));
  return parts;
}

/// The time in @p format, with milliseconds.
std::string time_text(const jail_event& event, std::int64_t boot, const char* format, bool utc) {
  const std::int64_t time = boot + static_cast<std::int64_t>(event.time);
  const std::tm parts = broken_down(time, utc);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &parts);
  std::string fraction = std::to_string(time % kSecond / kMillisecond);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::string(text.data(), length) + "." + fraction;
}

void add_kind(Json& object, const jail_event& event) {
  switch (event.kind) {
    case JAIL_EVENT_CREATE:
      object["parent"] = event.parent;
      object["ceiling"] = libjail::format_capmask(event.ceiling);
      object["address"] = event.given != 0 ? Json(address(event.given)) : Json();
      break;
    case JAIL_EVENT_EXIT:
      object["lifetime"] = std::round(static_cast<double>(event.lifetime) / 1e6) / 1e3;
      object["forks"] = event.forks;
      object["denied"] = event.denied;
      break;
    case JAIL_EVENT_DENY:
      object["reason"] = name_of(reason_names(), event.reason);
      object["object"] = object_text(text_of(event.object));
      object["error"] = error_name(event.err);
      object["wall"] = text_of(event.wall);
      break;
    case JAIL_EVENT_BIND:
    case JAIL_EVENT_CONNECT:
      object["asked"] = address(event.asked);
      object["given"] = address(event.given);
      object["port"] = ntohs(event.port);
      break;
    default:
      break;
  }
}

}  // namespace

std::string detail_of(const jail_event& event) {
  switch (event.kind) {
    case JAIL_EVENT_CREATE:
      return "address " + (event.given != 0 ? address(event.given) : "none") + ", ceiling " +
             ceiling(event) +
             (event.parent != 0 ? ", in jail " + std::to_string(event.parent) : "");
    case JAIL_EVENT_EXIT:
      return "lived " + seconds(event.lifetime) + ", " + counted(event.forks, "task") + ", " +
             counted(event.denied, "refusal");
    case JAIL_EVENT_DENY:
      return denial(event);
    case JAIL_EVENT_BIND:
    case JAIL_EVENT_CONNECT:
      return endpoint(event.asked, event) + " -> " + endpoint(event.given, event);
    default:
      return {};
  }
}

std::string line_heading() {
  return cli::pad("TIME", kTime) + " " + right("JID", kJid) + " " + cli::pad("JAIL", kName) + " " +
         cli::pad("EVENT", kEvent) + " " + right("PID", kPid) + " " + cli::pad("COMM", kComm) +
         " " + right("UID", kUid) + " DETAIL\n";
}

std::string to_line(const jail_event& event, std::int64_t boot) {
  const bool process = has_process(event);
  std::string line = time_text(event, boot, "%H:%M:%S", false) + " " +
                     right(std::to_string(event.jid), kJid) + " " +
                     cli::pad(cli::escape(text_of(event.name), true), kName) + " " +
                     cli::pad(name_of(event_names(), event.kind), kEvent) + " " +
                     right(process ? std::to_string(event.pid) : "-", kPid) + " " +
                     cli::pad(process ? cli::escape(text_of(event.comm), true) : "-", kComm) + " " +
                     right(process ? std::to_string(event.uid) : "-", kUid);
  if (const auto detail = detail_of(event); !detail.empty()) line += " " + detail;
  return line + "\n";
}

std::string to_json(const jail_event& event, std::int64_t boot) {
  Json object;
  object["time"] = time_text(event, boot, "%Y-%m-%dT%H:%M:%S", true) + "Z";
  object["jid"] = event.jid;
  object["jail"] = text_of(event.name);
  object["event"] = name_of(event_names(), event.kind);
  if (has_process(event)) {
    object["pid"] = event.pid;
    object["comm"] = text_of(event.comm);
    object["uid"] = event.uid;
  }
  add_kind(object, event);
  return object.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::string identity_of(const jail_event& event) {
  jail_event same = event;
  static_assert(sizeof(same) == 272, "a hole has no certain value");
  same.time = 0;
  same.pid = 0;
  return {reinterpret_cast<const char*>(&same), sizeof(same)};
}

}  // namespace monitor
