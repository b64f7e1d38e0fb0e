// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/manage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "cli/exit_status.hpp"
#include "jail/listing.hpp"
#include "lib/text.hpp"
#include "lifecycle/modify.hpp"
#include "lifecycle/record.hpp"
#include "lifecycle/start.hpp"
#include "lifecycle/stop.hpp"
#include "lifecycle/stop_order.hpp"
#include "session/channel.hpp"
#include "tools/jail/run.hpp"
#include "tools/jail/selection.hpp"
#include "tools/jail/workers.hpp"

namespace jail_tool {
namespace {

namespace conf = libjail::conf;
namespace lifecycle = libjail::lifecycle;
using libjail::Error;
using libjail::ListedJail;

/// Of a jail that got none: the kernel's answer, its number, is known too late for us.
std::string free_name(const lifecycle::Host& host) {
  std::set<std::string> taken;
  if (const auto names = lifecycle::Record::names(host.state_dir()); names) {
    taken.insert(names->begin(), names->end());
  }
  const auto jails = libjail::list_jails(host.kernel, host.listing().c_str());
  if (jails) {
    for (const auto& jail : *jails) taken.insert(jail.name);
  }
  for (int number = 1;; ++number) {
    const std::string name = "jail" + std::to_string(number);
    if (!taken.contains(name)) return name;
  }
}

bool is_jid(const std::string& text) {
  return libjail::parse_number<std::uint32_t>(text).has_value();
}

/// What a jail is called that is given by its ID, perhaps. One without a name has its ID for it.
std::string name_in(const std::vector<ListedJail>& jails, const std::string& given) {
  const auto jid = libjail::parse_number<std::uint32_t>(given);
  const auto at = jid ? std::ranges::find(jails, *jid, &ListedJail::jid) : jails.end();
  return at == jails.end() ? given : at->name;
}

/// The jail of the command line. Where it runs and is to be changed, what is not said stays.
std::optional<conf::Block> whole_block(const lifecycle::Host& host, const Manage& request) {
  if (!request.block) return request.block;
  auto given = *request.block;
  if (given.name.empty()) given.name = free_name(host);
  if (!request.modify) return given;
  const auto jails = libjail::list_jails(host.kernel, host.listing().c_str());
  if (jails) given.name = name_in(*jails, given.name);
  const auto now = lifecycle::Record::peek(host.kernel, host.state_dir(), given.name);
  if (!now) return given;
  auto block = lifecycle::block_of(*now);
  block.position = given.position;
  block.statements.insert(block.statements.end(), given.statements.begin(), given.statements.end());
  return block;
}

constexpr int kGone = 2;  ///< of a worker: its jail is not there, whatever is to depend on it

class Manager {
 public:
  /// @param swept  jails that were there a moment ago, left by a killed one
  Manager(const lifecycle::Host& host, const Manage& request, const std::string& directory,
          const std::vector<std::string>& swept)
      : host_(host),
        request_(request),
        swept_(swept),
        block_(whole_block(host, request)),
        selection_(host.kernel, {.directory = directory,
                                 .file = request.file,
                                 .block = block_,
                                 .overrides = request.overrides}) {}

  int run() {
    if (!request_.create && !request_.modify && !request_.clean_up) {
      stop_all(to_remove());
      return status_;
    }
    auto wanted = names();
    for (auto& name : wanted) {
      // A jail on the command line was looked for before; a new one cannot have a number for a
      // name.
      if ((block_ && !request_.modify) || !is_jid(name)) continue;
      if (!block_) name = name_in(running(), name);
      if (!is_jid(name)) continue;
      complain({.code = 0,
                .what = "no jail with a name has the ID " + name,
                .remedy = "jls -v shows the names of jails"});
      return status_;
    }
    // What is not said of a jail that runs stays, so without one too much would seem to be missing.
    if (block_ && !request_.create && !runs(block_->name)) {
      complain_of_absence(block_->name);
      return status_;
    }
    auto jails = selection_.find(wanted);
    if (!jails) {
      for (const auto& error : jails.error()) complain(error);
      return status_;
    }
    if (request_.clean_up) {
      clean_up_all(*jails);
      return status_;
    }
    if (!open_jid_file()) return status_;
    if (request_.remove) stop_for_restart(*jails);
    set_up_all(*jails);
    return status_;
  }

 private:
  void complain(const Error& error) {
    host_.messages.error(error.text());
    status_ = EXIT_FAILURE;
  }
  void complain(const std::string& jail, const Error& error) {
    host_.messages.error(jail + ": " + error.text());
    status_ = EXIT_FAILURE;
  }
  void complain_of_absence(const std::string& jail) {
    complain({.code = 0, .what = "jail \"" + jail + "\" not found", .remedy = "jail -c makes it"});
  }
  void announce(const std::string& jail, const char* what) const {
    if (request_.verbosity == cli::Verbosity::kQuiet || request_.print_jid) return;
    host_.messages.report(jail + ": " + what + "\n");
  }

  [[nodiscard]] std::vector<std::string> names() const {
    if (block_) return {block_->name};
    return request_.names.empty() ? std::vector<std::string>{"*"} : request_.names;
  }

  [[nodiscard]] std::vector<ListedJail> running() {
    auto jails = libjail::list_jails(host_.kernel, host_.listing().c_str());
    if (jails) return *std::move(jails);
    complain(jails.error());
    return {};
  }
  [[nodiscard]] bool runs(const std::string& name) {
    const auto jails = running();
    return std::ranges::find(jails, name, &ListedJail::name) != jails.end();
  }

  /// Works on all of them, each after those that @p earlier has for it, as many at a time as asked.
  using Earlier = std::map<std::string, std::set<std::string>>;
  void each(std::vector<std::string> names, const Earlier& earlier,
            const std::function<bool()>& goes_on,
            const std::function<void(const std::string&)>& work);
  void begin(Workers& workers, const std::string& name,
             const std::function<void(const std::string&)>& work);
  void take(const Workers::Ended& ended);

  void set_up_all(const std::vector<SelectedJail>& jails);
  void set_up(const SelectedJail& jail);
  void start(const SelectedJail& jail);
  /// Before anything is made. @return whether it is there, or none was asked for
  bool open_jid_file();

  std::vector<std::string> to_remove();
  /// Those, and the running ones that depend on them, each before those that it depends on.
  std::vector<std::string> stop_order(const std::set<std::string>& names);
  /// Whether it is one of the names or wildcards, and not only there as another depends on it.
  [[nodiscard]] bool is_meant(const SelectedJail& jail) const;
  void clean_up_all(const std::vector<SelectedJail>& jails);
  void clean_up(const SelectedJail& jail);
  void stop_all(const std::vector<std::string>& names);
  void stop(const std::string& name);
  /// Adds to @p jails those that stop with them.
  void stop_for_restart(std::vector<SelectedJail>& jails);

  const lifecycle::Host& host_;
  const Manage& request_;
  const std::vector<std::string>& swept_;
  std::optional<conf::Block> block_;
  Selection selection_;
  std::set<std::string> failed_;
  std::set<std::string> restarted_;  ///< stopped only for that
  libjail::UniqueFd jid_file_;       ///< a line for each jail that is made
  Earlier dependents_;               ///< which stop before a jail
  int status_ = EXIT_SUCCESS;
};

// --- one after the other, or several at a time
// ------------------------------------------------------

void Manager::each(std::vector<std::string> names, const Earlier& earlier,
                   const std::function<bool()>& goes_on,
                   const std::function<void(const std::string&)>& work) {
  const std::size_t most = std::min<std::size_t>(request_.at_a_time, names.size());
  Workers workers(host_.interrupts);
  const auto is_ready = [&](const std::string& name) {
    const auto at = earlier.find(name);
    return at == earlier.end() || std::ranges::none_of(at->second, [&](const std::string& other) {
             return workers.is_at(other) || std::ranges::find(names, other) != names.end();
           });
  };
  while (!names.empty() && goes_on()) {
    auto next = workers.count() < most ? std::ranges::find_if(names, is_ready) : names.end();
    if (next == names.end() && workers.count() > 0) {
      take(workers.wait());
      continue;
    }
    if (next == names.end()) next = names.begin();  // they wait for each other: any order will do
    const std::string name = *next;
    names.erase(next);
    if (most == 1) {
      work(name);
    } else {
      begin(workers, name, work);
    }
  }
  while (workers.count() > 0) take(workers.wait());
}

void Manager::begin(Workers& workers, const std::string& name,
                    const std::function<void(const std::string&)>& work) {
  const auto begun = workers.begin(name, [&] {
    status_ = EXIT_SUCCESS;
    work(name);
    return failed_.contains(name) ? kGone : status_;
  });
  if (begun) return;
  complain(name, begun.error());
  failed_.insert(name);
}

void Manager::take(const Workers::Ended& ended) {
  if (ended.status == EXIT_SUCCESS) return;
  status_ = EXIT_FAILURE;
  if (ended.status != EXIT_FAILURE) failed_.insert(ended.jail);
  if (ended.status > cli::kSignalBase) {
    const std::string number = std::to_string(ended.status - cli::kSignalBase);
    complain(ended.jail, {.code = 0,
                          .what = "the process at work on it was ended by signal " + number,
                          .remedy = "the next jail(8) undoes what is half done"});
  }
}

// --- making and changing -------------------------------------------------------------------------

void Manager::set_up_all(const std::vector<SelectedJail>& jails) {
  std::vector<std::string> names;
  Earlier earlier;
  for (const auto& jail : jails) {
    names.push_back(jail.config.name);
    for (const auto& other : jail.config.depend) earlier[jail.config.name].insert(other.name);
  }
  const auto goes_on = [this] {
    if (!host_.interrupts.came()) return true;
    complain({.code = 0, .what = "interrupted"});
    return false;
  };
  each(names, earlier, goes_on, [this, &jails](const std::string& name) {
    set_up(
        *std::ranges::find(jails, name, [](const SelectedJail& jail) { return jail.config.name; }));
  });
}

void Manager::set_up(const SelectedJail& jail) {
  const auto& name = jail.config.name;
  if (!runs(name)) {
    if (request_.create || restarted_.contains(name)) {
      start(jail);
    } else if (jail.named) {
      complain_of_absence(name);
    }
    return;
  }
  if (!request_.modify) {
    if (!jail.named) return;  // as it is to be
    complain(name, {.code = 0, .what = "already exists", .remedy = "jail -rc restarts it"});
    failed_.insert(name);
    return;
  }
  if (const auto done = lifecycle::modify(host_, jail.settings, !request_.block); !done) {
    complain(name, done.error().code == ENOENT
                       ? Error{.code = 0, .what = "was not started by jail -c"}
                       : done.error());
    return;
  }
  announce(name, "updated");
}

void Manager::start(const SelectedJail& jail) {
  const auto& config = jail.config;
  for (const auto& dependency : config.depend) {
    if (!failed_.contains(dependency.name)) continue;
    failed_.insert(config.name);
    complain(config.name,
             {.code = 0, .what = "depends on \"" + dependency.name + "\", which is not there"});
    return;
  }
  for (const auto& notice : config.notices) {
    if (notice.kind == conf::Notice::Kind::kNoEffect) host_.warn(notice.error.text());
  }
  const auto started =
      lifecycle::start(host_, {.settings = jail.settings, .config = config, .argv = request_.argv});
  if (!started) {
    failed_.insert(config.name);
    complain(config.name, started.error());
    return;
  }
  if (request_.print_jid && !host_.messages.output(std::to_string(started->jid) + "\n")) {
    status_ = EXIT_FAILURE;
  }
  announce(config.name, "created");
  if (started->ended && config.commands.command.empty() && request_.argv.empty()) {
    host_.warn(config.name +
               ": has ended, as exec.start left no process in it (persist keeps it alive)");
  }
  const std::string line = "jid=" + std::to_string(started->jid) + " " +
                           conf::format_settings(jail.settings, " ") + "\n";
  if (jid_file_ && !cli::write_all(jid_file_.get(), line)) {
    complain({.code = errno, .what = request_.jid_file.value_or("")});
  }
}

bool Manager::open_jid_file() {
  if (!request_.jid_file) return true;
  const libjail::UniqueFd file(
      ::open(request_.jid_file->c_str(),
             O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (file) jid_file_.reset(::fcntl(file.get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!jid_file_) complain({.code = errno, .what = *request_.jid_file});
  return static_cast<bool>(jid_file_);
}

// --- removing ------------------------------------------------------------------------------------

std::vector<std::string> Manager::to_remove() {
  std::set<std::string> chosen;
  const auto jails = running();
  auto known = lifecycle::Record::names(host_.state_dir()).value_or(std::vector<std::string>{});
  for (const auto& jail : jails) known.push_back(jail.name);
  for (const auto& name : names()) {
    if (is_wildcard(name)) {
      for (const auto& other : known) {
        if (conf::matches_wildcard(other, name)) chosen.insert(other);
      }
      continue;
    }
    const std::string real = name_in(jails, name);
    if (std::ranges::find(known, real) == known.end()) {
      if (std::ranges::find(swept_, real) != swept_.end()) {
        announce(real, "removed");
        continue;
      }
      complain({.code = 0,
                .what = "jail \"" + name + "\" not found",
                .remedy = "jls lists the jails that there are"});
      continue;
    }
    chosen.insert(real);
  }
  return stop_order(chosen);
}

std::vector<std::string> Manager::stop_order(const std::set<std::string>& names) {
  std::vector<std::string> order;
  for (const auto& config : lifecycle::stop_order(host_.kernel, host_.state_dir(), names)) {
    for (const auto& other : config.depend) dependents_[other.name].insert(config.name);
    order.push_back(config.name);
  }
  return order;
}

void Manager::stop_all(const std::vector<std::string>& names) {
  each(
      names, dependents_, [] { return true; }, [this](const std::string& name) { stop(name); });
}

void Manager::stop(const std::string& name) {
  const auto stopped = lifecycle::stop(
      host_, {.name = name, .force = request_.force, .config = selection_.config_of(name)});
  if (!stopped) {
    complain(name, stopped.error().code == ENOENT ? Error{.code = 0, .what = "not found"}
                                                  : stopped.error());
    failed_.insert(name);
    return;
  }
  for (const auto& problem : *stopped) complain(name, problem);
  announce(name, "removed");
}

bool Manager::is_meant(const SelectedJail& jail) const {
  return jail.named || request_.names.empty() ||
         std::ranges::any_of(request_.names, [&jail](const std::string& name) {
           return is_wildcard(name) && conf::matches_wildcard(jail.config.name, name);
         });
}

void Manager::clean_up_all(const std::vector<SelectedJail>& jails) {
  const auto there = running();
  for (auto jail = jails.rbegin(); jail != jails.rend(); ++jail) {
    if (!is_meant(*jail)) continue;
    if (!jail->named &&
        std::ranges::find(there, jail->config.name, &ListedJail::name) != there.end()) {
      continue;  // a wildcard means those that have ended
    }
    clean_up(*jail);
  }
}

void Manager::clean_up(const SelectedJail& jail) {
  const auto& name = jail.config.name;
  const auto done = lifecycle::stop(host_, {.name = name, .gone = true, .config = jail.config});
  if (!done) {
    complain(name, done.error());
    return;
  }
  for (const auto& problem : *done) complain(name, problem);
  announce(name, "cleaned up");
}

void Manager::stop_for_restart(std::vector<SelectedJail>& jails) {
  std::set<std::string> names;
  const auto there = running();
  for (const auto& jail : jails) {
    if (!is_meant(jail) ||
        std::ranges::find(there, jail.config.name, &ListedJail::name) == there.end()) {
      continue;
    }
    if (request_.modify && !lifecycle::needs_restart(host_, jail.settings, !request_.block)) {
      continue;
    }
    names.insert(jail.config.name);
  }
  std::vector<SelectedJail> others;
  const auto order = stop_order(names);
  for (const auto& name : order) {
    if (std::ranges::none_of(
            jails, [&name](const SelectedJail& jail) { return jail.config.name == name; })) {
      // One that depends on them comes back as it was.
      const auto settings = lifecycle::Record::peek(host_.kernel, host_.state_dir(), name);
      const auto config =
          settings ? conf::make_config(*settings) : conf::Checked<conf::JailConfig>();
      if (settings && config) others.push_back({.settings = *settings, .config = *config});
    }
    restarted_.insert(name);
  }
  stop_all(order);
  jails.insert(jails.end(), others.rbegin(), others.rend());
}

}  // namespace

int manage(const lifecycle::Host& host, const Manage& request, const std::string& directory) {
  if (const auto may = libjail::check_caller(host.kernel, "start and stop jails"); !may) {
    host.messages.error(may.error().text());
    return EXIT_FAILURE;
  }
  const auto swept = lifecycle::sweep(host);
  return Manager(host, request, directory, swept).run();
}

int manage(libjail::Kernel& kernel, const Manage& request) {
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  lifecycle::Interrupts interrupts;
  const cli::Messages messages("jail",
                               request.print_jid ? cli::Verbosity::kQuiet : request.verbosity);
  const auto installed = installed_aliases();
  const lifecycle::Host host{
      .kernel = kernel,
      .interrupts = interrupts,
      .network = {.state_dir = installed.state_dir, .helper = installed.helper},
      .messages = messages,
      .log = [&messages](const std::string& step) { messages.step(step); },
      .warn = [&messages](const std::string& text) { messages.warning(text); }};
  const int status = manage(host, request, "/etc");
  interrupts.end();
  return status;
}

}  // namespace jail_tool
