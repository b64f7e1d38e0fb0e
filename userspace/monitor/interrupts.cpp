// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/interrupts.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <array>
#include <csignal>

namespace monitor {

libjail::UniqueFd interrupts() {
  sigset_t wanted{};
  ::sigemptyset(&wanted);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaddset(&wanted, number);
  }
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  return libjail::UniqueFd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

Ready wait_for(int source, int interrupts, int timeout_ms) {
  std::array<pollfd, 3> all{{{.fd = interrupts, .events = POLLIN, .revents = 0},
                             {.fd = STDOUT_FILENO, .events = 0, .revents = 0},
                             {.fd = source, .events = POLLIN, .revents = 0}}};
  if (::poll(all.data(), all.size(), timeout_ms) <= 0) return Ready::kTimeout;
  if (all[0].revents != 0) return Ready::kInterrupt;
  if ((all[1].revents & (POLLERR | POLLHUP)) != 0) return Ready::kReaderGone;
  return Ready::kSource;
}

}  // namespace monitor
