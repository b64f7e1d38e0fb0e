// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtrace/options.hpp"

#include <array>
#include <utility>

#include "jail/name.hpp"
#include "lib/text.hpp"
#include "monitor/reasons.hpp"

namespace jailtrace {
namespace {

using cli::Stop;
using libjail::parse_number;

constexpr const char* kUsageText =
    "usage: jailtrace [-j jail] [-p pid] [-e event,...] [-r reason,...] [-n count] [-t seconds]\n"
    "                 [--json] [--unique]\n";
constexpr std::uint32_t kDeny = 1U << JAIL_EVENT_DENY;
constexpr std::uint32_t kLongest = 1U << 20;  // seconds, which poll(2) takes in milliseconds

enum OwnOption { kJson = cli::kFirstOwn, kUnique };

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"json", no_argument, nullptr, kJson},
                           {"unique", no_argument, nullptr, kUnique},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

Stop usage_error(const std::string& problem) {
  return {.err = "jailtrace: " + problem + "\n" + kUsageText, .status = kUsage};
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ",") + std::string(name);
  return text;
}

std::optional<Stop> take_jail(const std::string& word, monitor::Filter& filter) {
  filter.jid = parse_number<std::uint32_t>(word);
  filter.name.clear();
  if (filter.jid == 0U) return usage_error("-j 0: the host is no jail");
  if (filter.jid) return {};
  auto name = libjail::parse_name(word);
  if (!name) return usage_error("-j " + word + ": " + name.error().text());
  filter.name = *std::move(name);
  return {};
}

/// A number of 1 and more.
template <class T>
std::optional<Stop> take_number(const char* letter, const std::string& word, T most,
                                std::optional<T>& value) {
  value = parse_number<T>(word);
  if (value && *value > 0 && *value <= most) return {};
  return usage_error(std::string(letter) + " " + word + ": give a number from 1 to " +
                     std::to_string(most));
}

std::optional<Stop> take_names(const char* letter, const std::string& list,
                               std::span<const std::string_view> names, std::uint32_t& mask) {
  const auto found = monitor::mask_of(names, list);
  if (!found) {
    return usage_error(std::string(letter) + " " + list + ": give some of " + joined(names));
  }
  mask = *found;
  return {};
}

std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Request& request) {
  const auto value = arguments.value();
  switch (code) {
    case 'e':
      return take_names("-e", value, monitor::event_names(), request.filter.events);
    case 'j':
      return take_jail(value, request.filter);
    case 'n':
      return take_number("-n", value, ~std::uint64_t{0}, request.count);
    case 'p':
      return take_number("-p", value, std::uint32_t{1} << 22, request.filter.pid);
    case 'r':
      return take_names("-r", value, monitor::reason_names(), request.filter.reasons);
    case 't':
      return take_number("-t", value, kLongest, request.seconds);
    case kJson:
      request.json = true;
      return {};
    case kUnique:
      request.unique = true;
      return {};
    case cli::kHelp:
      return Stop{.out = std::string(kUsageText) + "See jailtrace(8).\n", .status = 0};
    case cli::kVersion:
      return Stop{.out = "jailtrace " JAIL_VERSION "\n", .status = 0};
    default:
      return usage_error(arguments.problem());
  }
}

}  // namespace

std::variant<Request, Stop> parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "e:j:n:p:r:t:", kLongOptions);
  Request request;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    if (auto stop = take_option(code, arguments, request)) return *std::move(stop);
  }
  if (const auto rest = arguments.operands(); !rest.empty()) {
    return usage_error("unexpected operand \"" + rest.front() + "\"");
  }
  if (request.filter.reasons != 0) {
    request.filter.events &= kDeny;
    if (request.filter.events == 0) {
      return usage_error("-r: only deny has a reason, which -e leaves out");
    }
  }
  // The end of a jail is no process's doing.
  if (request.filter.pid) request.filter.events &= ~(1U << JAIL_EVENT_EXIT);
  if (request.filter.events == 0) {
    return usage_error("-p: the event exit belongs to no process");
  }
  return request;
}

}  // namespace jailtrace
