// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/delegate.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "doctor/text.hpp"
#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "lifecycle/preview.hpp"
#include "tools/jailctl/configured.hpp"
#include "tools/jailctl/running.hpp"

namespace jailctl {
namespace {

namespace conf = libjail::conf;

constexpr const char* kJail = JAILCTL_SBIN "/jail";
constexpr const char* kJexec = JAILCTL_SBIN "/jexec";

/// Becomes the program, or shows how it would be called.
int become(const Context& context, const std::vector<std::string>& argv, bool dry_run) {
  if (dry_run) {
    std::string line;
    for (const auto& word : argv) {
      line += (line.empty() ? "" : " ") + libjail::doctor::shell_word(word);
    }
    return context.messages.output(line + "\n") ? kOk : kFailure;
  }
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (const auto& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  static_cast<void>(::signal(SIGPIPE, SIG_DFL));
  ::execv(pointers[0], pointers.data());
  context.messages.error(libjail::Error{.code = errno, .what = argv[0]}.text());
  return kFailure;
}

struct Arguments {
  std::vector<std::string> names;
  std::string file;
  bool all = false;
  bool verbose = false;
  bool dry_run = false;
};

/// The jails that are meant and those that they depend on, in the order in which they start.
libjail::Result<std::vector<conf::JailConfig>> configs_of(const Context& context,
                                                          const Arguments& arguments) {
  std::vector<libjail::Error> errors;
  std::vector<conf::JailConfig> all = all_configured(context, arguments.file, errors);
  if (!errors.empty()) return std::unexpected(errors.front());
  const auto find = [&all](const std::string& name) {
    return std::ranges::find(all, name, &conf::JailConfig::name);
  };
  std::set<std::string> wanted;
  std::vector<std::string> next = arguments.names;
  if (arguments.all) std::ranges::transform(all, std::back_inserter(next), &conf::JailConfig::name);
  while (!next.empty()) {
    const std::string name = std::exchange(next.back(), {});
    next.pop_back();
    const auto jail = find(name);
    if (jail == all.end()) return libjail::fail(0, name + ": not in jail.conf(5)");
    if (!wanted.insert(name).second) continue;
    std::ranges::transform(jail->depend, std::back_inserter(next), &conf::Dependency::name);
  }
  std::erase_if(all, [&wanted](const auto& jail) { return !wanted.contains(jail.name); });
  return conf::start_order(std::move(all));
}

/// As comments, below the command that does it all.
int show_steps(const Context& context, const Arguments& arguments, std::string_view letters) {
  const auto configs = configs_of(context, arguments);
  if (!configs) {
    context.messages.error(configs.error().text());
    return kFailure;
  }
  std::string text;
  const auto add = [&text](const std::string& title, const std::vector<std::string>& lines) {
    text += "\n## " + title + "\n";
    for (const auto& line : lines) text += "#\t" + line + "\n";
  };
  if (letters.contains('r')) {
    for (auto jail = configs->rbegin(); jail != configs->rend(); ++jail) {
      const bool meant = arguments.all || std::ranges::count(arguments.names, jail->name) > 0;
      const auto runs = find_running(context, jail->name);
      if (meant && runs && *runs)
        add(jail->name + " stops", libjail::lifecycle::stop_commands(*jail));
    }
  }
  for (const auto& jail : letters.contains('c') ? *configs : std::vector<conf::JailConfig>()) {
    const auto runs = find_running(context, jail.name);
    if (runs && *runs && !letters.contains('r')) {
      add(jail.name + " runs already", {});
      continue;
    }
    const auto lines = libjail::lifecycle::start_commands(
        context.kernel,
        {.state_dir = context.state, .helper = {}, .listing = context.proc + "/jails"},
        context.cgroup, jail);
    if (!lines) {
      context.messages.error(jail.name + ": " + lines.error().text());
      return kFailure;
    }
    add(jail.name + " starts", *lines);
  }
  return context.messages.output(text) ? kOk : kFailure;
}

int run_jail(const Context& context, const Arguments& arguments, const char* letters) {
  if (arguments.names.empty() != arguments.all) {
    context.messages.error("the names of jails are needed, or -a");
    return kUsage;
  }
  std::vector<std::string> argv{kJail};
  if (!arguments.file.empty()) argv.insert(argv.end(), {"-f", arguments.file});
  if (arguments.verbose) argv.emplace_back("-v");
  argv.emplace_back(letters);
  argv.insert(argv.end(), arguments.names.begin(), arguments.names.end());
  if (arguments.all) argv.emplace_back("*");
  const int status = become(context, argv, arguments.dry_run);
  return status == kOk && arguments.dry_run ? show_steps(context, arguments, letters) : status;
}

Subcommand jail_subcommand(const char* name, const char* summary, const char* letters) {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = name,
          .summary = summary,
          .operands = {several_operands("NAME", "Of a jail", arguments->names)},
          .options = {{.names = "-a,--all",
                       .help = "All jails",
                       .take = [arguments](const std::string&) { arguments->all = true; }},
                      file_option(arguments->file),
                      {.names = "-v,--verbose",
                       .help = "Tell each step",
                       .take = [arguments](const std::string&) { arguments->verbose = true; }},
                      dry_run_option(arguments->dry_run)},
          .run = [arguments, letters](const Context& context) {
            return run_jail(context, *arguments, letters);
          }};
}

Subcommand jexec_subcommand(const char* name, const char* summary,
                            const std::vector<std::string>& options) {
  const auto words = std::make_shared<std::vector<std::string>>();
  Subcommand subcommand{.name = name, .summary = summary, .operands = {}, .options = {}};
  subcommand.take_all = [words](std::vector<std::string> all) { *words = std::move(all); };
  subcommand.run = [words, options](const Context& context) {
    const bool dry_run =
        !words->empty() && (words->front() == "-n" || words->front() == "--dry-run");
    std::vector<std::string> argv{kJexec};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.insert(argv.end(), words->begin() + (dry_run ? 1 : 0), words->end());
    return become(context, argv, dry_run);
  };
  return subcommand;
}

}  // namespace

Subcommand start_subcommand() { return jail_subcommand("start", "Start jails (jail -c)", "-c"); }

Subcommand stop_subcommand() { return jail_subcommand("stop", "Stop jails (jail -r)", "-r"); }

Subcommand restart_subcommand() {
  return jail_subcommand("restart", "Stop jails and start them again (jail -rc)", "-rc");
}

Subcommand console_subcommand() {
  return jexec_subcommand("console", "Log in to a jail: [-n] JAIL (jexec -l)", {"-l"});
}

Subcommand exec_subcommand() {
  return jexec_subcommand(
      "exec", "Run a command in a jail: [-n] [JEXEC-OPTION]... JAIL [COMMAND]... (jexec)", {});
}

}  // namespace jailctl
