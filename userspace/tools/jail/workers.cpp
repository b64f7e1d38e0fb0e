// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/workers.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "cli/exit_status.hpp"
#include "lifecycle/process.hpp"

namespace jail_tool {
namespace {

namespace lifecycle = libjail::lifecycle;

int status_of(int status) {
  return WIFSIGNALED(status) ? cli::kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status_of(status);
}

}  // namespace

Workers::~Workers() {
  while (!running_.empty()) static_cast<void>(wait());
}

libjail::Result<void> Workers::begin(const std::string& jail, const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid < 0) return libjail::fail(errno, "fork");
  if (pid == 0) {
    ::setpgid(0, 0);
    // A group in the background is stopped where the terminal has tostop.
    sigset_t output;
    ::sigemptyset(&output);
    ::sigaddset(&output, SIGTTOU);
    ::sigprocmask(SIG_BLOCK, &output, nullptr);
    ::_exit(work());
  }
  auto process = lifecycle::open_process(pid);
  if (!process) {
    const int error = errno;
    wait_for(pid);
    return libjail::fail(error, "watch a process");
  }
  running_.push_back({.jail = jail, .pid = pid, .process = std::move(process)});
  return {};
}

void Workers::pass_on_interrupt() {
  if (!interrupts_.came()) return;
  told_ = true;
  for (const auto& worker : running_) lifecycle::signal_process(worker.process, SIGTERM);
}

Workers::Ended Workers::wait() {
  if (!told_) pass_on_interrupt();  // which somebody else may have asked for
  for (;;) {
    std::vector<pollfd> polls;
    polls.reserve(running_.size() + 1);
    for (const auto& worker : running_) {
      polls.push_back({.fd = worker.process.get(), .events = POLLIN, .revents = 0});
    }
    polls.push_back({.fd = interrupts_.descriptor(), .events = POLLIN, .revents = 0});
    if (::poll(polls.data(), polls.size(), -1) < 0) {
      if (errno != EINTR) break;
      continue;
    }
    if ((polls.back().revents & POLLIN) != 0) pass_on_interrupt();
    for (std::size_t i = 0; i < running_.size(); ++i) {
      if ((polls[i].revents & POLLIN) == 0) continue;
      const auto ended = running_.begin() + static_cast<std::ptrdiff_t>(i);
      Ended result{.jail = ended->jail, .status = wait_for(ended->pid)};
      running_.erase(ended);
      return result;
    }
  }
  // Without poll(2) in the order in which they began.
  Ended result{.jail = running_.front().jail, .status = wait_for(running_.front().pid)};
  running_.erase(running_.begin());
  return result;
}

bool Workers::is_at(const std::string& jail) const {
  return std::ranges::find(running_, jail, &Worker::jail) != running_.end();
}

}  // namespace jail_tool
