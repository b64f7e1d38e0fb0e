// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/delegate.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>

#include "doctor/text.hpp"
#include "jail/error.hpp"

namespace jailctl {
namespace {

constexpr const char* kJail = JAILCTL_SBIN "/jail";
constexpr const char* kJexec = JAILCTL_SBIN "/jexec";

/// Becomes the program, or shows how it would be called.
int become(const Context& context, const std::vector<std::string>& argv, bool dry_run) {
  if (dry_run) {
    std::string line;
    for (const auto& word : argv) {
      line += (line.empty() ? "" : " ") + libjail::doctor::shell_word(word);
    }
    return cli::write_all(STDOUT_FILENO, line + "\n") ? kOk : kFailure;
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
  return become(context, argv, arguments.dry_run);
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
