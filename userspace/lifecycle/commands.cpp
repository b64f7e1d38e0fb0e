// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/commands.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "cli/exit_status.hpp"
#include "jail/attach.hpp"
#include "lib/become.hpp"
#include "lifecycle/console_log.hpp"
#include "lifecycle/process.hpp"
#include "session/child.hpp"
#include "session/filter.hpp"
#include "session/root.hpp"
#include "session/supervisor.hpp"

namespace libjail::lifecycle {
namespace {

using Clock = std::chrono::steady_clock;
using session::Channel;
using session::Message;

constexpr std::chrono::seconds kGrace{3};  ///< between SIGTERM and SIGKILL

std::string shown(const std::string& command) { return "\"" + command + "\""; }

/// Puts @p fds in the place of the standard descriptors.
bool redirect(int input, int output, int error) {
  return ::dup2(input, 0) >= 0 && ::dup2(output, 1) >= 0 && ::dup2(error, 2) >= 0;
}

UniqueFd open_null() { return UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)); }

/// The signals as a command expects them.
void restore_signals(const sigset_t& mask) {
  static_cast<void>(::signal(SIGPIPE, SIG_DFL));
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

int refuse(const Channel& channel, const Error& error) {
  channel.send(Message::Kind::kError, error.text());
  return cli::kSetupFailed;
}

}  // namespace

Result<Entered> enter(Kernel& kernel, const Place& place, const std::string& name, bool named,
                      const std::optional<User>& user, unsigned int first_closed,
                      const StepLog& log) {
  if (place.group != nullptr) {
    if (auto joined = place.group->join(); !joined) return std::unexpected(joined.error());
  }
  if (place.filtered) {
    if (auto done = session::filter_system_calls(kernel); !done)
      return std::unexpected(done.error());
  }
  auto jail =
      attach(kernel, UniqueFd(place.jail), name, named ? user : std::nullopt, first_closed, log);
  if (!jail) return std::unexpected(jail.error());
  return Entered{.jail = std::move(*jail), .user = user};
}

Result<Commands::Running> Commands::fork_child(const PidNamespace& place,
                                               const std::function<int(Channel)>& child) {
  auto ends = Channel::make();
  if (!ends) return std::unexpected(ends.error());
  const auto forked = place.fork();
  if (!forked) return std::unexpected(forked.error());
  const pid_t pid = *forked;
  if (pid == 0) {
    ends->first.close();
    ::_exit(child(std::move(ends->second)));
  }
  UniqueFd process = open_process(pid);
  if (!process) {
    const int error = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail(error, "watch a process");
  }
  return Running{.pid = pid, .process = std::move(process), .channel = std::move(ends->first)};
}

void Commands::end(pid_t pid, int signal) const {
  // A command in the jail leads a group only once it is in there.
  ::kill(-pid, signal);
  ::kill(pid, signal);
}

Result<void> Commands::wait(Running running, const std::string& command) {
  std::optional<Clock::time_point> limit;
  if (config_.commands.timeout > 0) {
    limit = Clock::now() + std::chrono::seconds(config_.commands.timeout);
  }
  std::string ended;  ///< why it was
  for (bool over = false; !over;) {
    std::vector<pollfd> polls{{.fd = running.process.get(), .events = POLLIN, .revents = 0},
                              {.fd = interrupts_.descriptor(), .events = POLLIN, .revents = 0}};
    if (output_) {
      for (const auto& poll : output_->polls()) polls.push_back(poll);
    }
    int timeout = -1;
    if (limit) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(*limit - Clock::now()).count();
      timeout = left > 0 ? static_cast<int>(std::min<long>(left, 60000)) + 1 : 0;
    }
    if (::poll(polls.data(), polls.size(), timeout) < 0 && errno != EINTR) break;
    if (output_) output_->copy();
    over = (polls[0].revents & POLLIN) != 0;
    const bool late = limit && Clock::now() >= *limit;
    const bool interrupted = interrupts_.came();
    if (over || (!late && !(ended.empty() && interrupted))) continue;
    end(running.pid, ended.empty() ? SIGTERM : SIGKILL);
    if (ended.empty()) {
      ended = late ? "timed out after " + std::to_string(config_.commands.timeout) + " s"
                   : "interrupted";
    }
    limit = Clock::now() + kGrace;
  }
  int status = 0;
  while (::waitpid(running.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (output_) output_->copy();
  std::string failure;
  while (auto message = running.channel.receive()) {
    if (message->kind == Message::Kind::kError) failure = message->text;
    if (message->kind == Message::Kind::kStep) log_(message->text);
  }
  if (!ended.empty()) return fail(0, shown(command) + ": " + ended);
  if (!failure.empty()) return fail(0, shown(command) + ": " + failure);
  if (WIFSIGNALED(status)) {
    return fail(0, shown(command) + " was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return fail(0, shown(command) + " failed with status " + std::to_string(WEXITSTATUS(status)));
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> Commands::environment() const {
  std::vector<std::pair<std::string, std::string>> variables{{"JNAME", config_.name},
                                                             {"JPATH", config_.path}};
  if (place_.jid != 0) variables.emplace_back("JID", std::to_string(place_.jid));
  return variables;
}

Result<void> Commands::on_host(const std::vector<std::string>& commands) {
  std::optional<User> user;
  if (const auto& name = config_.commands.system_user; !name.empty() && !commands.empty()) {
    auto found = lookup_user(kernel_, AT_FDCWD, name);
    if (!found) return fail(found.error().code, "exec.system_user: " + found.error().what);
    user = std::move(*found);
  }
  for (const auto& command : commands) {
    log_(command);
    auto running = fork_child({}, [&](Channel channel) {
      ::setpgid(0, 0);
      const auto null = open_null();
      if (!null || ::dup2(null.get(), 0) < 0 || !channel.move_to(session::kChannel)) return 1;
      for (const auto& [name, value] : environment()) ::setenv(name.c_str(), value.c_str(), 1);
      if (user) {
        if (auto done = become_user(kernel_, *user); !done) return refuse(channel, done.error());
        if (auto done = drop_capabilities(kernel_, *user); !done) {
          return refuse(channel, done.error());
        }
      }
      static_cast<void>(kernel_.close_from(session::kFirstFree));
      restore_signals(interrupts_.mask());
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      return refuse(channel, {.code = errno, .what = "/bin/sh"});
    });
    if (!running) return std::unexpected(running.error());
    if (auto done = wait(std::move(*running), command); !done) return done;
  }
  return {};
}

Result<Commands::InJail> Commands::prepare_entry() {
  using Source = UserRequest::Source;
  const auto& commands = config_.commands;
  InJail entry;
  entry.named = !commands.jail_user.empty();
  const UserRequest request{.source = !entry.named                 ? Source::kNone
                                      : commands.jail_user_of_host ? Source::kHost
                                                                   : Source::kJail,
                            .name = commands.jail_user,
                            .details = commands.clean};
  UniqueFd root;
  if (request.source == Source::kJail || (!entry.named && commands.clean)) {
    auto opened = session::root_of(kernel_, place_.jail, config_.name);
    if (!opened) return std::unexpected(opened.error());
    root = std::move(*opened);
  }
  auto user = find_requested_user(kernel_, root.get(), request);
  if (!user) return std::unexpected(user.error());
  entry.user = std::move(*user);
  return entry;
}

session::Job Commands::job(const InJail& entry, session::Command command,
                           const cli::Messages& messages) {
  command.login = config_.commands.clean;
  if (!command.login) {
    command.environment = environment();
    if (entry.named && entry.user) {
      const auto& user = *entry.user;
      command.environment.insert(command.environment.end(), {{"HOME", user.home},
                                                             {"SHELL", user.shell},
                                                             {"USER", user.name},
                                                             {"LOGNAME", user.name}});
    }
  }
  return {.messages = messages,
          .command = std::move(command),
          .enter =
              [this, &entry](unsigned int first_closed, const StepLog& log) {
                static_cast<void>(::signal(SIGPIPE, SIG_DFL));  // as the command expects it
                return lifecycle::enter(kernel_, place_, config_.name, entry.named, entry.user,
                                        first_closed, log);
              },
          .has_ptmx =
              [this] {
                const auto root = session::root_of(kernel_, place_.jail, config_.name);
                return root && session::has_ptmx(root->get());
              }};
}

Result<void> Commands::in_jail(const std::vector<std::string>& commands) {
  if (commands.empty()) return {};
  auto entry = prepare_entry();
  if (!entry) return std::unexpected(entry.error());
  if (!config_.commands.consolelog.empty()) {
    auto console = open_console_log(kernel_, config_.commands.consolelog, config_.path);
    if (!console) return std::unexpected(console.error());
    entry->console = std::move(*console);
  } else if (!output_) {
    auto output = Output::make();
    if (!output) return std::unexpected(output.error());
    output_ = std::move(*output);
  }
  const auto place = PidNamespace::of(kernel_, place_.inits, place_.jail);
  if (!place) return std::unexpected(place.error());
  const cli::Messages messages("jail", cli::Verbosity::kNormal);
  for (const auto& command : commands) {
    log_("in the jail: " + command);
    const auto work = job(*entry, {.argv = {"sh", "-c", command}, .program = "/bin/sh"}, messages);
    const int console = entry->console.get();
    const int out = console >= 0 || !output_ ? console : output_->writable(STDOUT_FILENO);
    const int err = console >= 0 || !output_ ? console : output_->writable(STDERR_FILENO);
    auto running = fork_child(*place, [&](Channel channel) {
      const auto null = open_null();
      if (!null || !redirect(null.get(), out, err)) return 1;
      return session::run_supervised(
          work, interrupts_.mask(),
          {.channel = std::move(channel), .caller = {}, .input = {}, .output = {}});
    });
    if (!running) return std::unexpected(running.error());
    if (auto done = wait(std::move(*running), command); !done) return done;
  }
  return {};
}

Result<void> Commands::interactive(const std::vector<std::string>& argv,
                                   const cli::Messages& messages) {
  auto entry = prepare_entry();
  if (!entry) return std::unexpected(entry.error());
  auto place = PidNamespace::of(kernel_, place_.inits, place_.jail);
  if (!place) return std::unexpected(place.error());
  auto work = job(*entry, {.argv = argv}, messages);
  work.pid_namespace = *std::move(place);
  sigset_t before;
  const sigset_t blocked = session::supervised_signals();
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto outcome = session::supervise(work, interrupts_.mask(), session::inspect_terminal());
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (outcome.status == 0) return {};
  return fail(0, shown(argv.front()) + " failed with status " + std::to_string(outcome.status));
}

std::vector<int> Commands::outputs() const {
  return output_ ? output_->readable() : std::vector<int>{};
}

}  // namespace libjail::lifecycle
