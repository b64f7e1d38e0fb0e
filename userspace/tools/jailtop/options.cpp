// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/options.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "lib/text.hpp"
#include "tools/jailtop/rows.hpp"

namespace jailtop {
namespace {

using cli::Stop;

constexpr const char* kUsageText =
    "usage: jailtop [-br] [-d seconds] [-f text] [-n count] [-s column] [--json]\n";

enum OwnOption { kJson = cli::kFirstOwn };

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"json", no_argument, nullptr, kJson},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

Stop usage_error(const std::string& problem) {
  return {.err = "jailtop: " + problem + "\n" + kUsageText, .status = kUsage};
}

std::optional<Stop> take_delay(const std::string& word, Request& request) {
  constexpr double kLeast = 0.1;
  constexpr double kMost = 3600;
  constexpr int kMilliseconds = 1000;
  char* end = nullptr;
  const double seconds = std::strtod(word.c_str(), &end);
  if (word.empty() || *end != 0 || !(seconds >= kLeast && seconds <= kMost)) {
    return usage_error("-d " + word + ": give seconds from 0.1 to 3600");
  }
  request.delay_ms = static_cast<int>(std::lround(seconds * kMilliseconds));
  return {};
}

std::optional<Stop> take_column(const std::string& word, Request& request) {
  const auto table = jail_table({}, {});
  if (const auto column = find_column(table, word); column) {
    request.column = *column;
    return {};
  }
  std::string known;
  for (const auto& column : table.columns) known += (known.empty() ? "" : ", ") + column.heading;
  return usage_error("-s " + word + ": give one of " + known);
}

std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Request& request) {
  const auto value = arguments.value();
  switch (code) {
    case 'b':
      request.batch = true;
      return {};
    case 'd':
      return take_delay(value, request);
    case 'f':
      request.filter = value;
      return {};
    case 'n':
      request.count = libjail::parse_number<std::uint64_t>(value);
      if (request.count.value_or(0) > 0) return {};
      return usage_error("-n " + value + ": give a number from 1 on");
    case 'r':
      request.reverse = true;
      return {};
    case 's':
      return take_column(value, request);
    case kJson:
      request.batch = request.json = true;
      return {};
    case cli::kHelp:
      return Stop{.out = std::string(kUsageText) + "See jailtop(8).\n", .status = 0};
    case cli::kVersion:
      return Stop{.out = "jailtop " JAIL_VERSION "\n", .status = 0};
    default:
      return usage_error(arguments.problem());
  }
}

}  // namespace

std::variant<Request, Stop> parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "bd:f:n:rs:", kLongOptions);
  Request request;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    if (auto stop = take_option(code, arguments, request)) return *std::move(stop);
  }
  if (const auto rest = arguments.operands(); !rest.empty()) {
    return usage_error("unexpected operand \"" + rest.front() + "\" (-f shows some jails only)");
  }
  if (request.count && !request.batch) return usage_error("-n goes with -b or --json only");
  return request;
}

}  // namespace jailtop
