// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/text.hpp"

namespace jls_tool {
namespace {

using cli::Stop;
using Layout = Request::Layout;
using Style = Request::Style;

constexpr const char* kUsage =
    "usage: jls [-dhNnqsv] [-j jail] [--json | --libxo=json[,pretty]] [parameter ...]\n"
    "       jls -c [-d] -j jail\n";

constexpr int kFailed = 1;
enum OwnOption { kJson = cli::kFirstOwn, kLibxo };

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"json", no_argument, nullptr, kJson},
                           {"libxo", required_argument, nullptr, kLibxo},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

Stop usage_error(const std::string& problem) {
  return {.err = "jls: " + problem + "\n" + kUsage, .status = kFailed};
}

std::optional<Stop> take_style(const std::string& words, Style& style) {
  for (const auto word : libjail::split(words, ',')) {
    if (word == "json") {
      style = style == Style::kText ? Style::kJson : style;
    } else if (word == "pretty") {
      style = Style::kPrettyJson;
    } else if (word == "text") {
      style = Style::kText;
    } else {
      return usage_error("--libxo=" + words + ": give json, json,pretty or text");
    }
  }
  return {};
}

/// A later option takes back what an earlier one said, as on FreeBSD.
std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Request& request,
                                bool& verbose) {
  switch (code) {
    case 'a':  // its old name
    case 'd':
      request.dying = true;
      return {};
    case 'c':
      request.exists = true;
      return {};
    case 'h':
      request.header = true;
      verbose = request.settable = false;
      return {};
    case 'j':
      request.jail = arguments.value();
      return {};
    case 'N':
      request.by_name = true;
      return {};
    case 'n':
      request.name_value = true;
      verbose = false;
      return {};
    case 'q':
      request.quoted = true;
      return {};
    case 's':
      request.name_value = request.quoted = request.settable = true;
      verbose = request.header = false;
      return {};
    case 'v':
      verbose = true;
      request.header = request.name_value = request.settable = false;
      return {};
    case kJson:
      return take_style("json", request.style);
    case kLibxo:
      return take_style(arguments.value(), request.style);
    case cli::kHelp:
      return Stop{.out = std::string(kUsage) + "See jls(8).\n", .status = 0};
    case cli::kVersion:
      return Stop{.out = "jls " JAIL_VERSION "\n", .status = 0};
    default:
      return usage_error(arguments.problem());
  }
}

std::optional<Stop> take_parameter(const std::string& name, Request& request) {
  const auto add = [&request](const Parameter* parameter) {
    if (std::ranges::count(request.parameters, parameter) == 0) {
      request.parameters.push_back(parameter);
    }
  };
  if (name == "all") {
    for (const auto& parameter : all_parameters()) add(&parameter);
    request.all = true;
    return {};
  }
  const auto* parameter = find_parameter(name);
  if (parameter == nullptr) {
    std::string known = "all";
    for (const auto& each : all_parameters()) known += " " + std::string(each.name);
    return Stop{.err = "jls: unknown parameter: " + name + " (there are: " + known + ")\n",
                .status = kFailed};
  }
  add(parameter);
  return {};
}

}  // namespace

std::variant<Request, Stop> parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "acdhj:Nnqsv", kLongOptions);
  Request request;
  bool verbose = false;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    if (auto stop = take_option(code, arguments, request, verbose)) return *std::move(stop);
  }
  if (request.exists && !request.jail) return usage_error("-c needs -j jail");
  auto names = arguments.operands();
  if (names.empty() && (request.header || request.name_value)) names = {"all"};
  for (const auto& name : names) {
    if (auto stop = take_parameter(name, request)) return *std::move(stop);
  }
  if (!request.parameters.empty()) {
    request.layout = Layout::kParameters;
  } else if (verbose) {
    request.layout = Layout::kVerbose;
  }
  return request;
}

}  // namespace jls_tool
