// SPDX-License-Identifier: BSD-2-Clause
#include "session/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "cli/exit_status.hpp"
#include "lib/text.hpp"
#include "session/channel.hpp"
#include "session/child.hpp"
#include "session/relay.hpp"

namespace session {
namespace {

using libjail::UniqueFd;

constexpr auto kSignals = std::to_array({SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
                                         SIGALRM, SIGCONT, SIGTSTP, SIGWINCH, SIGCHLD});

constexpr unsigned int kProcessGroup = 1U << 2;  // PIDFD_SIGNAL_PROCESS_GROUP, of Linux 6.9

/// The two directions of a relay without a pseudo-terminal.
struct Pipes {
  UniqueFd input_read, input_write, output_read, output_write;
};

libjail::Result<Pipes> make_pipes() {
  std::array<int, 2> in{-1, -1};
  std::array<int, 2> out{-1, -1};
  if (::pipe2(in.data(), O_CLOEXEC) < 0) return libjail::fail(errno, "make a pipe");
  Pipes pipes{.input_read = UniqueFd(in[0]),
              .input_write = UniqueFd(in[1]),
              .output_read = {},
              .output_write = {}};
  if (::pipe2(out.data(), O_CLOEXEC) < 0) return libjail::fail(errno, "make a pipe");
  pipes.output_read.reset(out[0]);
  pipes.output_write.reset(out[1]);
  for (const int fd : {in[1], out[0]}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return pipes;
}

class Supervisor {
 public:
  Supervisor(pid_t child, UniqueFd signals, Channel channel, const CallerTerminal& caller,
             const Job& job)
      : child_(child),
        signals_(std::move(signals)),
        channel_(std::move(channel)),
        caller_(caller),
        raw_(STDIN_FILENO),
        job_(job),
        messages_(job.messages) {}

  void use_pipes(Pipes pipes) {
    relay_.emplace(ends(std::move(pipes.input_write), std::move(pipes.output_read), false));
  }

  /// Until the child has ended. @return its exit status
  int wait() {
    while (!status_) {
      std::vector<pollfd> polls{{.fd = signals_.get(), .events = POLLIN, .revents = 0}};
      if (channel_) polls.push_back({.fd = channel_.get(), .events = POLLIN, .revents = 0});
      const int timeout = relay_ ? relay_->prepare(polls) : -1;
      if (::poll(polls.data(), polls.size(), timeout) < 0 && errno != EINTR) break;
      if (relay_) relay_->handle(polls);
      take_messages();
      take_signals();
    }
    take_messages();
    if (relay_) relay_->drain();
    raw_.leave();
    return status_.value_or(cli::kSetupFailed);
  }

  /// The jail that the child entered, if it came that far.
  [[nodiscard]] UniqueFd take_jail() { return std::move(jail_); }

 private:
  [[nodiscard]] Relay::Ends ends(UniqueFd to_jail, UniqueFd from_jail, bool pty) const {
    const bool output = caller_.is_terminal[1] || caller_.is_terminal[2];
    return {.keyboard = caller_.is_terminal[0] ? STDIN_FILENO : -1,
            .screen = caller_.is_terminal[1] ? STDOUT_FILENO
                      : output               ? STDERR_FILENO
                                             : -1,
            .to_jail = std::move(to_jail),
            .from_jail = std::move(from_jail),
            .pty = pty,
            .shared = !caller_.full()};
  }

  void take_messages() {
    while (auto message = channel_.receive()) {
      switch (message->kind) {
        case Message::Kind::kStep:
          messages_.step(message->text);
          break;
        case Message::Kind::kWarning:
          messages_.warning(message->text);
          break;
        case Message::Kind::kError:
          raw_.leave();
          messages_.error(message->text);
          break;
        case Message::Kind::kEntered:
          if (message->descriptors.size() > 1) command_ = std::move(message->descriptors[1]);
          if (message->descriptors.empty()) break;
          jail_ = std::move(message->descriptors[0]);
          job_.entered(jail_.get(), child_);
          break;
        case Message::Kind::kTerminal:
          if (!message->descriptors.empty()) use_terminal(std::move(message->descriptors[0]));
          break;
        case Message::Kind::kStatus:
          status_ = libjail::parse_number<int>(message->text).value_or(cli::kSetupFailed);
          break;
        case Message::Kind::kRoot:  // no command sends these
        case Message::Kind::kBusy:
        case Message::Kind::kMade:
          break;
      }
    }
  }

  void use_terminal(UniqueFd master) {
    UniqueFd copy(::fcntl(master.get(), F_DUPFD_CLOEXEC, 0));
    relay_.emplace(ends(std::move(master), std::move(copy), true));
    uses_pty_ = true;
    resume();
  }

  void take_signals() {
    signalfd_siginfo info{};
    // Once the child is reaped, its number may be that of another process.
    while (!status_ && ::read(signals_.get(), &info, sizeof info) == sizeof info) {
      const int signal = static_cast<int>(info.ssi_signo);
      if (signal == SIGCHLD) {
        reap();
      } else if (signal == SIGWINCH) {
        if (relay_) relay_->resize();
      } else if (signal == SIGTSTP) {
        suspend();
      } else {
        if (signal == SIGCONT) resume();
        // What the caller's terminal sends goes to the whole foreground, there as here.
        if (info.ssi_code != SI_KERNEL || !send_to_group(signal)) send(signal);
      }
    }
  }

  /// To the command, which below a process 1 is no child of ours.
  void send(int signal) const {
    if (command_) {
      ::syscall(SYS_pidfd_send_signal, command_.get(), signal, nullptr, 0);
    } else {
      ::kill(child_, signal);
    }
  }
  [[nodiscard]] bool send_to_group(int signal) const {
    if (!command_) return ::kill(-child_, signal) == 0;
    return ::syscall(SYS_pidfd_send_signal, command_.get(), signal, nullptr, kProcessGroup) == 0;
  }

  void reap() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) return;  // it only stopped or went on
    if (WIFEXITED(status)) status_ = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) status_ = cli::kSignalBase + WTERMSIG(status);
  }

  void suspend() {
    raw_.leave();
    static_cast<void>(send_to_group(SIGSTOP));
    stop_self();
    resume();
    static_cast<void>(send_to_group(SIGCONT));
  }

  /// Until SIGCONT, which stands in the queue too. The kernel passes over it where no shell is
  /// there to send that, as SIGSTOP would not.
  static void stop_self() {
    sigset_t stop;
    ::sigemptyset(&stop);
    ::sigaddset(&stop, SIGTSTP);
    ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);
    static_cast<void>(::raise(SIGTSTP));
    ::sigprocmask(SIG_BLOCK, &stop, nullptr);
  }

  void resume() {
    if (!uses_pty_ || !relay_) return;
    relay_->resize();
    if (caller_.full()) raw_.enter();
  }

  pid_t child_;
  UniqueFd command_;  ///< a descriptor of the command, where that is another process
  UniqueFd signals_;
  Channel channel_;
  const CallerTerminal& caller_;
  RawMode raw_;
  const Job& job_;
  const cli::Messages& messages_;
  std::optional<Relay> relay_;
  bool uses_pty_ = false;
  UniqueFd jail_;
  std::optional<int> status_;
};

/// What both sides of the fork need.
struct Preparation {
  Channel parent;
  ChildSide child;
  std::optional<Pipes> pipes;
  UniqueFd signals;
};

libjail::Result<Preparation> prepare(const Job& job, const CallerTerminal& caller) {
  auto channels = Channel::make();
  if (!channels) return std::unexpected(channels.error());
  Preparation ready{.parent = std::move(channels->first),
                    .child = {.channel = std::move(channels->second),
                              .caller = caller,
                              .pty = caller.any() && job.has_ptmx(),
                              .input = {},
                              .output = {}},
                    .pipes = {},
                    .signals = {}};
  if (caller.any() && !ready.child.pty) {
    job.messages.step("the jail has no /dev/ptmx, so the command gets pipes and no terminal");
    auto pipes = make_pipes();
    if (!pipes) return std::unexpected(pipes.error());
    ready.child.input = std::move(pipes->input_read);
    ready.child.output = std::move(pipes->output_write);
    ready.pipes = std::move(*pipes);
  }
  const sigset_t signals = supervised_signals();
  ready.signals.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!ready.signals) return libjail::fail(errno, "make a signal descriptor");
  return ready;
}

libjail::Result<pid_t> fork_child(const Job& job, const sigset_t& mask, Preparation& ready) {
  const auto child = job.pid_namespace.fork();
  if (child && *child == 0) {
    ready.parent.close();
    ::_exit(run_supervised(job, mask, std::move(ready.child)));
  }
  ready.child.channel.close();
  ready.child.input.reset();
  ready.child.output.reset();
  return child;
}

}  // namespace

sigset_t supervised_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kSignals) ::sigaddset(&set, signal);
  return set;
}

bool can_run_in_place(const CallerTerminal& caller) {
  return !caller.any() && ::getpgrp() != ::getpid();
}

Outcome supervise(const Job& job, const sigset_t& mask, const CallerTerminal& caller) {
  auto ready = prepare(job, caller);
  auto child = ready ? fork_child(job, mask, *ready)
                     : libjail::Result<pid_t>(std::unexpected(ready.error()));
  if (!child) {
    job.messages.error(child.error().text());
    return {.status = cli::kSetupFailed, .jail = {}};
  }
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  Supervisor supervisor(*child, std::move(ready->signals), std::move(ready->parent), caller, job);
  if (auto& pipes = ready->pipes; pipes) supervisor.use_pipes(*std::move(pipes));
  const int status = supervisor.wait();
  return {.status = status, .jail = supervisor.take_jail()};
}

}  // namespace session
