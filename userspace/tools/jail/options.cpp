// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/options.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "cli/exit_status.hpp"
#include "jail/address.hpp"
#include "jail/capmask.hpp"

namespace jail_tool {
namespace {

using cli::Stop;

constexpr const char* kUsage =
    "usage: jail [-lqvM] [-o allow.unsafe] [-n name] [-u user | -U user]\n"
    "            path capmask ip[,...] command [argument ...]\n"
    "       jail [-qv] [-f file] -e separator\n";

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

struct Flags {
  bool login = false;
  bool quiet = false;
  bool verbose = false;
  bool mounts = true;
  bool unsafe = false;
  std::string name;
  std::optional<std::string> host_user;
  std::optional<std::string> jail_user;
  std::optional<std::string> separator;
  std::optional<std::string> file;
};

Stop usage_error(const std::string& problem) {
  return {.out = {}, .err = "jail: " + problem + "\n" + kUsage, .status = cli::kSetupFailed};
}

Stop refusal(const libjail::Error& error) {
  return {.out = {}, .err = "jail: " + error.text() + "\n", .status = cli::kSetupFailed};
}

std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Flags& flags) {
  switch (code) {
    case 'e':
      flags.separator = arguments.value();
      return {};
    case 'f':
      flags.file = arguments.value();
      return {};
    case 'l':
      flags.login = true;
      return {};
    case 'q':
      flags.quiet = true;
      return {};
    case 'v':
      flags.verbose = true;
      return {};
    case 'M':
      flags.mounts = false;
      return {};
    case 'n':
      flags.name = arguments.value();
      if (flags.name.empty()) return usage_error("-n: the name is empty");
      return {};
    case 'o':
      if (arguments.value() != "allow.unsafe") {
        return usage_error("-o " + arguments.value() + ": unknown; the only one is allow.unsafe");
      }
      flags.unsafe = true;
      return {};
    case 'u':
      flags.host_user = arguments.value();
      return {};
    case 'U':
      flags.jail_user = arguments.value();
      return {};
    case cli::kHelp:
      return Stop{.out = std::string(kUsage) + "See jail(8).\n", .err = {}, .status = 0};
    case cli::kVersion:
      return Stop{.out = "jail " JAIL_VERSION "\n", .err = {}, .status = 0};
    case 'h':
      return Stop{.out = {}, .err = kUsage, .status = cli::kSetupFailed};
    default:
      return usage_error(arguments.problem());
  }
}

std::optional<Stop> contradiction(const Flags& flags) {
  if (flags.quiet && flags.verbose) return usage_error("-q and -v exclude each other");
  if (flags.host_user && flags.jail_user) return usage_error("-u and -U exclude each other");
  return {};
}

libjail::UserRequest user_request(const Flags& flags) {
  using Source = libjail::UserRequest::Source;
  if (flags.host_user) {
    return {.source = Source::kHost, .name = *flags.host_user, .details = flags.login};
  }
  if (flags.jail_user) {
    return {.source = Source::kJail, .name = *flags.jail_user, .details = flags.login};
  }
  return {.source = Source::kNone, .name = {}, .details = flags.login};
}

cli::Verbosity verbosity(const Flags& flags) {
  return flags.verbose ? cli::Verbosity::kVerbose
         : flags.quiet ? cli::Verbosity::kQuiet
                       : cli::Verbosity::kNormal;
}

/// No command is to run, so that a mistake has the ordinary status.
Request exhibit_request(const std::vector<std::string>& operands, const Flags& flags) {
  const auto refuse = [](const std::string& problem) {
    auto stop = usage_error(problem);
    stop.status = EXIT_FAILURE;
    return stop;
  };
  if (!flags.separator) return refuse("-f goes with -e: no jails are made from a file yet");
  if (flags.login || !flags.mounts || flags.unsafe || !flags.name.empty() || flags.host_user ||
      flags.jail_user) {
    return refuse("-e goes with -f, -q and -v only");
  }
  if (!operands.empty()) return refuse("-e takes no operands");
  Exhibit request{.separator = *flags.separator, .verbosity = verbosity(flags)};
  if (flags.file) request.file = *flags.file;
  return request;
}

Request take_operands(std::vector<std::string> operands, const Flags& flags) {
  constexpr auto kNames = std::to_array<const char*>({"path", "capmask", "ip", "command"});
  if (operands.size() < kNames.size()) {
    return usage_error(std::string("the operand ") + kNames.at(operands.size()) + " is missing");
  }
  const auto ceiling = libjail::parse_capmask(operands[1]);
  if (!ceiling) return refusal(ceiling.error());
  auto address = libjail::parse_address(operands[2]);
  if (!address) return refusal(address.error());
  auto spec = libjail::JailSpec::make({.path = operands[0],
                                       .ceiling = *ceiling,
                                       .unsafe = flags.unsafe,
                                       .address = std::move(*address),
                                       .name = flags.name,
                                       .hostname = flags.name,
                                       .mounts = flags.mounts});
  if (!spec) return refusal(spec.error());
  operands.erase(operands.begin(), operands.begin() + 3);
  return Invocation{.spec = std::move(*spec),
                    .user = user_request(flags),
                    .command = {.argv = std::move(operands), .login = flags.login},
                    .verbosity = verbosity(flags)};
}

}  // namespace

Request parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "e:f:hlqvMn:o:u:U:", kLongOptions);
  Flags flags;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    if (auto stop = take_option(code, arguments, flags)) return *std::move(stop);
  }
  if (auto stop = contradiction(flags)) return *std::move(stop);
  if (flags.separator || flags.file) return exhibit_request(arguments.operands(), flags);
  return take_operands(arguments.operands(), flags);
}

}  // namespace jail_tool
