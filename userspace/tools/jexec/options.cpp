// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jexec/options.hpp"

#include <array>
#include <optional>
#include <utility>

#include "cli/exit_status.hpp"

namespace jexec_tool {
namespace {

using cli::Stop;
using Source = libjail::UserRequest::Source;

constexpr const char* kUsage =
    "usage: jexec [-l] [-d directory] [-e name=value] ... [-u user | -U user]\n"
    "             jail [command [argument ...]]\n";

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

Stop usage_error(const std::string& problem) {
  return {.err = "jexec: " + problem + "\n" + kUsage, .status = cli::kSetupFailed};
}

std::optional<Stop> take_user(Source source, std::string name, libjail::UserRequest& user) {
  if (user.source != Source::kNone && user.source != source) {
    return usage_error("-u and -U exclude each other");
  }
  user.source = source;
  user.name = std::move(name);
  return {};
}

std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Invocation& invocation) {
  auto& command = invocation.command;
  switch (code) {
    case 'l':
      command.login = true;
      return {};
    case 'd':
      command.directory = arguments.value();
      if (command.directory.empty()) return usage_error("-d: the directory is empty");
      return {};
    case 'e': {
      const std::string setting = arguments.value();
      const auto equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) {
        return usage_error("-e " + setting + ": give name=value");
      }
      command.environment.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
      return {};
    }
    case 'u':
      return take_user(Source::kHost, arguments.value(), invocation.user);
    case 'U':
      return take_user(Source::kJail, arguments.value(), invocation.user);
    case cli::kHelp:
      return Stop{.out = std::string(kUsage) + "See jexec(8).\n", .status = 0};
    case cli::kVersion:
      return Stop{.out = "jexec " JAIL_VERSION "\n", .status = 0};
    case 'h':
      return Stop{.err = kUsage, .status = cli::kSetupFailed};
    default:
      return usage_error(arguments.problem());
  }
}

}  // namespace

std::variant<Invocation, Stop> parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "hld:e:u:U:", kLongOptions);
  Invocation invocation;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    if (auto stop = take_option(code, arguments, invocation)) return *std::move(stop);
  }
  auto operands = arguments.operands();
  if (operands.empty()) return usage_error("the operand jail is missing");
  invocation.jail = std::move(operands.front());
  operands.erase(operands.begin());
  invocation.command.argv = std::move(operands);
  invocation.user.details = invocation.command.login || invocation.command.argv.empty();
  return invocation;
}

}  // namespace jexec_tool
