// SPDX-License-Identifier: BSD-2-Clause
#include "session/init.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/exit_status.hpp"
#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace session {
namespace {

constexpr const char* kTitle = "jail-init";
constexpr int kPause = 200;  ///< milliseconds between two looks for processes of other parents

int exit_status(int status) {
  return WIFSIGNALED(status) ? cli::kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

class Init {
 public:
  /// @param command  a child that the jail is there for, or 0
  Init(Channel channel, bool persist, pid_t command)
      : channel_(std::move(channel)), persist_(persist), command_(command) {
    ::prctl(PR_SET_NAME, kTitle);
    ::close_range(0, static_cast<unsigned int>(channel_.get()) - 1, 0);
    ::close_range(static_cast<unsigned int>(channel_.get()) + 1, ~0U, 0);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    signals_.reset(::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  [[noreturn]] void run() {
    for (;;) {
      take_signals();
      const bool children = reap();
      if (command_ == 0) settle(children);
      wait(children);
    }
  }

 private:
  void take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
      // Nobody in the jail can end it: only who is outside of the namespace has no number here.
      if (info.ssi_pid != 0 || info.ssi_code != SI_USER) continue;
      if (info.ssi_signo == SIGTERM) told_ = true;
      // It was for the command, and came before that was known outside.
      if (command_ != 0) ::kill(command_, static_cast<int>(info.ssi_signo));
    }
  }

  /// @return whether a child is left
  bool reap() {
    pid_t pid = 0;
    bool over = false;
    int status = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != command_) continue;
      over = true;
      command_ = 0;
      status_ = exit_status(status);
    }
    if (over && is_alone()) ::_exit(status_);
    if (over) channel_.send(Message::Kind::kStatus, std::to_string(status_));
    if (over) channel_.close();
    return pid == 0;
  }

  /// Whether no other process is there, whoever its parent is.
  static bool is_alone() { return ::kill(-1, 0) < 0 && errno == ESRCH; }

  /// Whether the channel's other end is open. Takes what comes from there.
  bool listens() {
    char kind = 0;
    ssize_t got = 0;
    while (channel_ && (got = ::recv(channel_.get(), &kind, 1, MSG_DONTWAIT)) > 0) made_ = true;
    return channel_ && got != 0;
  }

  /// The end, if nothing is against it.
  void settle(bool children) {
    const bool open = listens();
    if (open && !told_) return;
    // Who makes the jail was killed before it was done: nothing of it is to stay.
    if (channel_ && !open && !made_) ::_exit(1);
    if (!children && (!persist_ || told_) && is_alone()) ::_exit(status_);
    if (channel_) channel_.send(Message::Kind::kBusy, "");
    channel_.close();
  }

  void wait(bool children) {
    std::vector<pollfd> polls{{.fd = signals_.get(), .events = POLLIN, .revents = 0}};
    if (channel_ && command_ == 0)
      polls.push_back({.fd = channel_.get(), .events = POLLIN, .revents = 0});
    // Those who were forked outside are no children.
    const bool others = !channel_ && command_ == 0 && !children && (!persist_ || told_);
    ::poll(polls.data(), polls.size(), others ? kPause : -1);
  }

  Channel channel_;
  bool persist_;
  pid_t command_;
  bool made_ = false;  ///< the jail, as the channel says
  bool told_ = false;  ///< to end as soon as it can
  int status_ = 0;
  libjail::UniqueFd signals_;
};

/// The numbers of /proc/self/stat from the state on.
std::vector<std::string> own_numbers() {
  const libjail::UniqueFd file(::open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
  const std::string line = libjail::read_all(file.get()).value_or("");
  const auto end = line.rfind(") ");
  if (end == std::string::npos) return {};
  std::vector<std::string> numbers;
  for (const auto word : libjail::split(std::string_view(line).substr(end + 2), ' ')) {
    numbers.emplace_back(word);
  }
  return numbers;
}

}  // namespace

void wipe_arguments() {
  constexpr std::size_t kStart = 45;  // arg_start of proc(5), counted from the state
  const auto numbers = own_numbers();
  if (numbers.size() <= kStart + 1) return;
  const auto start = libjail::parse_number<std::uintptr_t>(numbers[kStart]).value_or(0);
  const auto end = libjail::parse_number<std::uintptr_t>(numbers[kStart + 1]).value_or(0);
  constexpr std::string_view kText = kTitle;
  if (start == 0 || end <= start + kText.size()) return;
  auto* const arguments = reinterpret_cast<char*>(start);
  std::memset(arguments, 0, end - start);
  kText.copy(arguments, kText.size());
}

void stay_as_init(Channel channel, bool persist) { Init(std::move(channel), persist, 0).run(); }

bool fork_from_init(const Channel& channel) {
  const pid_t command = ::fork();
  if (command < 0) return false;
  if (command > 0) Init(Channel(libjail::UniqueFd(channel.get())), false, command).run();
  return ::setsid() >= 0;
}

}  // namespace session
