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
#include "lib/text.hpp"
#include "lifecycle/preview.hpp"
#include "lifecycle/stop_order.hpp"
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

bool is_wildcard(const std::string& name) {
  return std::ranges::count(libjail::split(name, '.'), "*") > 0;
}

/// Those of @p known that the operands mean: by a name, a jail ID or a wildcard.
/// @param matched  what wildcards stand for
libjail::Result<std::set<std::string>> meant(const Context& context, const Arguments& arguments,
                                             const std::vector<std::string>& known,
                                             const std::vector<std::string>& matched,
                                             const libjail::Error& missing) {
  std::set<std::string> chosen;
  for (const auto& name : arguments.all ? std::vector<std::string>{"*"} : arguments.names) {
    if (is_wildcard(name)) {
      std::ranges::copy_if(
          matched, std::inserter(chosen, chosen.end()),
          [&name](const std::string& one) { return conf::matches_wildcard(one, name); });
      continue;
    }
    const auto running = find_running(context, name).value_or(std::nullopt);  // by its ID, perhaps
    const std::string real = running ? running->name : name;
    if (std::ranges::count(known, real) == 0) {
      return libjail::fail(0, name + ": " + missing.what, missing.remedy);
    }
    chosen.insert(real);
  }
  return chosen;
}

/// What would be done, from the jails that there are and those that are configured.
class Preview {
 public:
  Preview(const Context& context, const Arguments& arguments)
      : context_(context), arguments_(arguments) {}

  libjail::Result<void> stop();
  libjail::Result<void> start();
  libjail::Result<void> restart();
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] bool runs(const std::string& name) const {
    const auto jail = find_running(context_, name);
    return jail && *jail;
  }
  [[nodiscard]] libjail::Result<void> read_configured();
  [[nodiscard]] libjail::Result<std::set<std::string>> meant_of_configured() const;
  void show(const std::string& title, const std::vector<std::string>& lines);
  void show_stop(const std::set<std::string>& names);
  libjail::Result<void> show_start(const conf::JailConfig& jail);
  libjail::Result<void> show_starts(const std::set<std::string>& names);

  const Context& context_;
  const Arguments& arguments_;
  std::vector<conf::JailConfig> configured_;
  std::vector<conf::JailConfig> stopped_;
  std::string text_;
};

libjail::Result<void> Preview::read_configured() {
  std::vector<libjail::Error> errors;
  configured_ = all_configured(context_, arguments_.file, errors);
  if (!errors.empty()) return std::unexpected(errors.front());
  return {};
}

std::vector<std::string> names_of(const std::vector<conf::JailConfig>& jails) {
  std::vector<std::string> names;
  std::ranges::transform(jails, std::back_inserter(names), &conf::JailConfig::name);
  return names;
}

void Preview::show(const std::string& title, const std::vector<std::string>& lines) {
  text_ += "\n## " + title + "\n";
  for (const auto& line : lines) text_ += "#\t" + line + "\n";
}

/// With those that depend on them.
void Preview::show_stop(const std::set<std::string>& names) {
  for (auto& jail : libjail::lifecycle::stop_order(context_.kernel, context_.state, names)) {
    if (!runs(jail.name)) continue;
    const auto configured = std::ranges::find(configured_, jail.name, &conf::JailConfig::name);
    const bool recorded = !jail.path.empty();
    if (!recorded && configured != configured_.end()) jail = *configured;
    show(jail.name + " stops", libjail::lifecycle::stop_commands(jail));
    stopped_.push_back(std::move(jail));
  }
}

libjail::Result<void> Preview::show_start(const conf::JailConfig& jail) {
  const auto lines = libjail::lifecycle::start_commands(
      context_.kernel,
      {.state_dir = context_.state, .helper = {}, .listing = context_.proc + "/jails"},
      context_.cgroup, jail);
  if (!lines) {
    return libjail::fail(lines.error().code, jail.name + ": " + lines.error().what,
                         lines.error().remedy);
  }
  show(jail.name + " starts", *lines);
  return {};
}

/// With those that they depend on, in the order in which they start.
libjail::Result<void> Preview::show_starts(const std::set<std::string>& names) {
  std::set<std::string> wanted;
  std::vector<std::string> next(names.begin(), names.end());
  while (!next.empty()) {
    const std::string name = std::exchange(next.back(), {});
    next.pop_back();
    if (!wanted.insert(name).second) continue;
    const auto jail = std::ranges::find(configured_, name, &conf::JailConfig::name);
    if (jail == configured_.end()) continue;  // is missed when they are put in order
    std::ranges::transform(jail->depend, std::back_inserter(next), &conf::Dependency::name);
  }
  auto jails = configured_;
  std::erase_if(jails, [&wanted](const auto& jail) { return !wanted.contains(jail.name); });
  const auto order = conf::start_order(std::move(jails));
  if (!order) return std::unexpected(order.error());
  for (const auto& jail : *order) {
    const auto stops = std::ranges::find(stopped_, jail.name, &conf::JailConfig::name);
    if (stops == stopped_.end() && runs(jail.name)) {
      show(jail.name + " runs already", {});
    } else if (auto done = show_start(jail); !done) {
      return done;
    }
  }
  // Those that stopped only as they depend on the others come back as they were.
  for (auto jail = stopped_.rbegin(); jail != stopped_.rend(); ++jail) {
    if (wanted.contains(jail->name)) continue;
    if (auto done = show_start(*jail); !done) return done;
  }
  return {};
}

/// Wildcards stand for those of the common file.
libjail::Result<std::set<std::string>> Preview::meant_of_configured() const {
  std::vector<libjail::Error> errors;
  const auto file = arguments_.file.empty() ? context_.etc + "/jail.conf" : arguments_.file;
  const bool wildcards = arguments_.all || std::ranges::any_of(arguments_.names, is_wildcard);
  const auto matched =
      wildcards ? all_configured(context_, file, errors) : std::vector<conf::JailConfig>();
  if (!errors.empty()) return std::unexpected(errors.front());
  return meant(context_, arguments_, names_of(configured_), names_of(matched),
               {.what = "not in jail.conf(5)"});
}

libjail::Result<void> Preview::stop() {
  static_cast<void>(read_configured());  // only where there is no record of a jail
  const auto jails = running_jails(context_);
  if (!jails) return std::unexpected(jails.error());
  std::vector<std::string> known;
  std::ranges::transform(*jails, std::back_inserter(known), &libjail::ListedJail::name);
  const auto names = meant(context_, arguments_, known, known,
                           {.what = "no such jail runs", .remedy = "jls lists those that do"});
  if (!names) return std::unexpected(names.error());
  show_stop(*names);
  return {};
}

libjail::Result<void> Preview::start() {
  if (auto read = read_configured(); !read) return read;
  const auto names = meant_of_configured();
  if (!names) return std::unexpected(names.error());
  return show_starts(*names);
}

libjail::Result<void> Preview::restart() {
  if (auto read = read_configured(); !read) return read;
  const auto names = meant_of_configured();
  if (!names) return std::unexpected(names.error());
  auto running = *names;
  std::erase_if(running, [this](const std::string& name) { return !runs(name); });
  show_stop(running);
  return show_starts(*names);
}

/// As comments, below the command that does it all.
int show_steps(const Context& context, const Arguments& arguments, std::string_view letters) {
  Preview preview(context, arguments);
  const auto done = !letters.contains('r')   ? preview.start()
                    : !letters.contains('c') ? preview.stop()
                                             : preview.restart();
  if (!done) {
    context.messages.error(done.error().text());
    return kFailure;
  }
  return context.messages.output(preview.text()) ? kOk : kFailure;
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
