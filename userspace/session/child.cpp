// SPDX-License-Identifier: BSD-2-Clause
#include "session/child.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <optional>

#include "cli/exit_status.hpp"
#include "session/environment.hpp"
#include "session/init.hpp"

namespace session {
namespace {

using libjail::Entered;
using libjail::Error;
using libjail::Result;

/// Where messages go: to standard error, or to the supervisor, who prints them.
using Report = std::function<void(Message::Kind, const std::string&)>;

/// The environment and the working directory that the command shall have.
Result<void> dress(const Command& command, const std::optional<libjail::User>& user,
                   const Report& report) {
  if (command.login && user) {
    log_in(*user);
    if (command.directory.empty() && !user->home.empty() && ::chdir(user->home.c_str()) < 0) {
      report(Message::Kind::kWarning,
             "home directory " + user->home + ": " + libjail::reason(errno) + ", using /");
    }
  }
  for (const auto& [name, value] : command.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  if (!command.directory.empty() && ::chdir(command.directory.c_str()) < 0) {
    return libjail::fail(errno, "directory " + command.directory + " in the jail");
  }
  return {};
}

/// @param first  called in the jail, in the process that entered it
int enter_and_execute(const Job& job, const sigset_t& mask, unsigned int first_closed,
                      const Report& report, const std::function<bool()>& first,
                      const std::function<Result<void>(const Entered&)>& settle) {
  const auto give_up = [&report](const Error& error) {
    report(Message::Kind::kError, error.text());
    return cli::kSetupFailed;
  };
  const auto entered = job.enter(
      first_closed, [&report](const std::string& step) { report(Message::Kind::kStep, step); });
  if (!entered) return give_up(entered.error());
  if (first && !first()) return give_up({.code = errno, .what = "fork in the jail"});
  if (const auto settled = settle(*entered); !settled) return give_up(settled.error());
  if (const auto dressed = dress(job.command, entered->user, report); !dressed) {
    return give_up(dressed.error());
  }
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  const auto failure = execute(job.command);
  report(Message::Kind::kError, failure.error.text());
  return failure.status;
}

/// Puts something harmless, or the pipes, in the place of the caller's terminal.
Result<void> hide_terminal(const ChildSide& side) {
  const libjail::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return libjail::fail(errno, "open /dev/null");
  for (int fd = 0; fd < 3; ++fd) {
    if (!side.caller.is_terminal.at(static_cast<std::size_t>(fd))) continue;
    const int pipe = fd == STDIN_FILENO ? side.input.get() : side.output.get();
    if (::dup2(side.pty ? null.get() : pipe, fd) < 0) {
      return libjail::fail(errno, "replace a standard descriptor");
    }
  }
  return {};
}

Result<void> take_terminal(const CallerTerminal& caller, const Channel& channel) {
  auto pty = open_pty();
  if (!pty) return std::unexpected(pty.error());
  dress_pty(*pty, caller);
  const int master = pty->master.get();
  channel.send(Message::Kind::kTerminal, "", {&master, 1});
  pty->master.reset();
  if (::ioctl(pty->slave.get(), TIOCSCTTY, 0) < 0) {
    return libjail::fail(errno, "make the jail's terminal the controlling one");
  }
  for (int fd = 0; fd < 3; ++fd) {
    if (caller.is_terminal.at(static_cast<std::size_t>(fd)) && ::dup2(pty->slave.get(), fd) < 0) {
      return libjail::fail(errno, "replace a standard descriptor");
    }
  }
  return {};
}

}  // namespace

int run_in_place(const Job& job, const sigset_t& mask) {
  const auto report = [&messages = job.messages](Message::Kind kind, const std::string& text) {
    if (kind == Message::Kind::kStep) {
      messages.step(text);
    } else if (kind == Message::Kind::kWarning) {
      messages.warning(text);
    } else {
      messages.error(text);
    }
  };
  return enter_and_execute(job, mask, STDERR_FILENO + 1, report, {},
                           [](const Entered&) -> Result<void> { return {}; });
}

int run_supervised(const Job& job, const sigset_t& mask, ChildSide side) {
  const auto hidden = hide_terminal(side);
  side.input.reset();
  side.output.reset();
  // The channel gets the first number after the standard ones; all others are closed on the way.
  if (!side.channel.move_to(kChannel)) return cli::kSetupFailed;
  const auto report = [&side](Message::Kind kind, const std::string& text) {
    side.channel.send(kind, text);
  };
  if (!hidden) {
    report(Message::Kind::kError, hidden.error().text());
    return cli::kSetupFailed;
  }
  const bool fresh = job.pid_namespace.is_fresh();
  if (fresh) wipe_arguments();
  std::function<bool()> first;
  if (fresh) first = [&side] { return fork_from_init(side.channel); };
  return enter_and_execute(
      job, mask, kFirstFree, report, first, [&side, fresh](const Entered& entered) -> Result<void> {
        const libjail::UniqueFd self(
            fresh ? static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)) : -1);
        if (fresh && !self) return libjail::fail(errno, "open a process");
        const std::array<int, 2> both{entered.jail.get(), self.get()};
        side.channel.send(Message::Kind::kEntered, "", {both.data(), fresh ? 2U : 1U});
        if (!side.pty) return {};
        return take_terminal(side.caller, side.channel);
      });
}

}  // namespace session
