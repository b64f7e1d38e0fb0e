// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/options.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/exit_status.hpp"
#include "jail/address.hpp"
#include "jail/capmask.hpp"
#include "lib/text.hpp"
#include "tools/jail/operands.hpp"

namespace jail_tool {
namespace {

using cli::Stop;

constexpr const char* kUsage =
    "usage: jail [-lqvM] [-o parameter[=value]] ... [-n name] [-u user | -U user]\n"
    "            path capmask ip[,...] command [argument ...]\n"
    "       jail [-ilqv] [-f file] [-J jid_file] [-p limit] [-u user | -U user] -c | -m | -cm |\n"
    "            -rc | -mr | -cmr ['*' | jail ...]\n"
    "       jail [-ilqv] [-J jid_file] [-u user | -U user] [-n name] -c | -m | -cm | -rc |\n"
    "            -mr | -cmr parameter=value ... [command=command ...]\n"
    "       jail [-qv] [-f file] [-p limit] -r | -R ['*' | jail ...]\n"
    "       jail [-qv] [-f file] -C ['*' | jail ...]\n"
    "       jail [-qv] [-f file] -e separator\n";

constexpr auto kLongOptions =
    std::to_array<option>({{"help", no_argument, nullptr, cli::kHelp},
                           {"version", no_argument, nullptr, cli::kVersion},
                           {nullptr, 0, nullptr, 0}});

struct Flags {
  bool create = false;
  bool modify = false;
  bool remove = false;
  bool force = false;
  bool clean_up = false;
  bool print_jid = false;
  bool login = false;
  bool quiet = false;
  bool verbose = false;
  bool mounts = true;
  bool unsafe = false;
  bool pid = false;
  std::string idmap;
  std::string name;
  std::optional<std::string> host_user;
  std::optional<std::string> jail_user;
  std::optional<std::string> separator;
  std::optional<std::string> file;
  std::optional<std::string> jid_file;
  std::optional<unsigned int> limit;

  [[nodiscard]] bool has_parameters() const { return unsafe || pid || !idmap.empty(); }
  [[nodiscard]] bool manages() const { return create || modify || remove || force || clean_up; }
};

Stop usage_error(const std::string& problem) {
  return {.out = {}, .err = "jail: " + problem + "\n" + kUsage, .status = cli::kSetupFailed};
}

Stop refusal(const libjail::Error& error) {
  return {.out = {}, .err = "jail: " + error.text() + "\n", .status = cli::kSetupFailed};
}

/// One of jail.conf(5) that means something here too.
std::optional<Stop> take_parameter(const std::string& text, Flags& flags) {
  constexpr std::string_view kIdmap = "idmap=";
  if (text == "allow.unsafe") {
    flags.unsafe = true;
  } else if (text == "pid" || text == "pid=new" || text == "pid=inherit" || text == "nopid") {
    flags.pid = text == "pid" || text == "pid=new";
  } else if (text.starts_with(kIdmap)) {
    flags.idmap += text.substr(kIdmap.size()) + " ";
  } else {
    return usage_error("-o " + text + ": unknown; there are allow.unsafe, idmap=RANGES and pid");
  }
  return {};
}

std::optional<Stop> take_option(int code, const cli::Arguments& arguments, Flags& flags) {
  switch (code) {
    case 'c':
      flags.create = true;
      return {};
    case 'm':
      flags.modify = true;
      return {};
    case 'r':
      flags.remove = true;
      return {};
    case 'R':
      flags.force = true;
      return {};
    case 'C':
      flags.clean_up = true;
      return {};
    case 'i':
      flags.print_jid = true;
      return {};
    case 'J':
      flags.jid_file = arguments.value();
      return {};
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
    case 'p':
      flags.limit = libjail::parse_number<unsigned int>(arguments.value());
      if (flags.limit.value_or(0) != 0) return {};
      return usage_error("-p " + arguments.value() + ": give a number of jails, at least 1");
    case 'o':
      return take_parameter(arguments.value(), flags);
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

/// Where no command is to run, a mistake has the ordinary status.
Stop refuse(const std::string& problem) {
  auto stop = usage_error(problem);
  stop.status = EXIT_FAILURE;
  return stop;
}

Request exhibit_request(const std::vector<std::string>& operands, const Flags& flags) {
  if (!flags.separator) return refuse("-f goes with -c, -m, -r, -R, -C or -e");
  if (flags.login || !flags.mounts || flags.has_parameters() || !flags.name.empty() ||
      flags.host_user || flags.jail_user) {
    return refuse("-e goes with -f, -q and -v only");
  }
  if (!operands.empty()) return refuse("-e takes no operands");
  Exhibit request{.separator = *flags.separator, .verbosity = verbosity(flags)};
  if (flags.file) request.file = *flags.file;
  return request;
}

/// What -l, -u and -U mean for jails of a configuration.
std::vector<libjail::conf::Statement> overrides(const Flags& flags) {
  std::vector<libjail::conf::Statement> statements;
  if (flags.login) statements.push_back(statement("exec.clean", {}));
  if (const auto& user = flags.host_user ? flags.host_user : flags.jail_user; user) {
    statements.push_back(statement("exec.jail_user", user));
    statements.push_back(statement("exec.system_jail_user", flags.host_user ? "true" : "false"));
  }
  return statements;
}

std::optional<std::string> wrong_combination(const Flags& flags, bool parameters) {
  const bool makes = flags.create || flags.modify;
  if (flags.separator) return "-e goes with -f, -q and -v only";
  if (flags.force && (makes || flags.remove)) return "-R goes with no -c, -m or -r";
  if (flags.clean_up && (makes || flags.remove || flags.force || flags.limit)) {
    return "-C goes with no -c, -m, -p, -r or -R";
  }
  if (flags.print_jid && flags.verbose) return "-i and -v exclude each other";
  if (!flags.mounts || flags.has_parameters())
    return "-M and -o go with no -c, -C, -m, -r or -R: give parameters";
  if (!makes && parameters) return "-r, -R and -C take names of jails, no parameters";
  if (!makes &&
      (flags.login || flags.host_user || flags.jail_user || flags.print_jid || flags.jid_file)) {
    return "-i, -J, -l, -u and -U go with no -r, -R or -C";
  }
  if (!parameters && !flags.name.empty()) return "-n goes with parameters";
  if (parameters && flags.limit) return "-p goes with no parameters, which are of one jail";
  if (parameters && flags.file) return "-f goes with no parameters";
  return {};
}

Request manage_request(const std::vector<std::string>& operands, const Flags& flags) {
  const bool parameters = are_parameters(operands);
  if (const auto problem = wrong_combination(flags, parameters); problem) return refuse(*problem);
  Manage request{.create = flags.create,
                 .modify = flags.modify,
                 .remove = flags.remove,
                 .force = flags.force,
                 .clean_up = flags.clean_up,
                 .overrides = overrides(flags),
                 .file = flags.file,
                 .jid_file = flags.jid_file,
                 .print_jid = flags.print_jid,
                 .at_a_time = flags.limit.value_or(1),
                 .verbosity = verbosity(flags)};
  if (!parameters) {
    request.names = operands;
    return request;
  }
  auto jail = read_operands(operands, flags.name);
  if (!jail) return refuse(jail.error().text());
  if (flags.modify) take_jid_for_name(jail->block);
  if (!flags.create && !jail->argv.empty()) return refuse("command= goes with -c");
  if (jail->block.name.empty() && (flags.modify || flags.remove)) {
    return refuse(std::string("the jail has no name (give name=NAME") +
                  (flags.modify ? ", jid=JID" : "") + " or -n NAME)");
  }
  request.block = std::move(jail->block);
  request.argv = std::move(jail->argv);
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
  libjail::Result<libjail::IdMap> idmap;
  if (!flags.idmap.empty()) idmap = libjail::parse_idmap(flags.idmap);
  if (!idmap) return refusal(idmap.error());
  auto spec = libjail::JailSpec::make({.path = operands[0],
                                       .ceiling = *ceiling,
                                       .unsafe = flags.unsafe,
                                       .address = std::move(*address),
                                       .name = flags.name,
                                       .hostname = flags.name,
                                       .mounts = flags.mounts,
                                       .pid = flags.pid,
                                       .idmap = *std::move(idmap)});
  if (!spec) return refusal(spec.error());
  operands.erase(operands.begin(), operands.begin() + 3);
  return Invocation{.spec = std::move(*spec),
                    .user = user_request(flags),
                    .command = {.argv = std::move(operands), .login = flags.login},
                    .verbosity = verbosity(flags)};
}

}  // namespace

Request parse_arguments(std::vector<std::string> argv) {
  cli::Arguments arguments(std::move(argv), "cCe:f:hilmp:qrvJ:Mn:o:Ru:U:", kLongOptions);
  Flags flags;
  std::optional<Stop> stop;
  for (int code = arguments.next(); code != -1; code = arguments.next()) {
    // The first mistake is told, but which form it is may show behind it.
    if (auto mistake = take_option(code, arguments, flags); mistake && !stop) {
      stop = std::move(mistake);
    }
  }
  if (!stop) stop = contradiction(flags);
  if (stop) {
    if (stop->status != EXIT_SUCCESS && flags.manages()) stop->status = EXIT_FAILURE;
    return *std::move(stop);
  }
  if (flags.manages()) return manage_request(arguments.operands(), flags);
  if (flags.print_jid || flags.jid_file) return refuse("-i and -J go with -c or -m");
  if (flags.limit) return refuse("-p goes with -c, -m, -r or -R");
  if (flags.separator || flags.file) return exhibit_request(arguments.operands(), flags);
  return take_operands(arguments.operands(), flags);
}

}  // namespace jail_tool
