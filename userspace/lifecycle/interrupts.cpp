// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/interrupts.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace libjail::lifecycle {

Interrupts::Interrupts() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    // What nohup(1), say, has the caller ignore is no interrupt.
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) continue;
    ::sigaddset(&set, signal);
  }
  ::sigprocmask(SIG_BLOCK, &set, &mask_);
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interrupts::~Interrupts() { ::sigprocmask(SIG_SETMASK, &mask_, nullptr); }

bool Interrupts::came() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) came_ = true;
  return came_;
}

}  // namespace libjail::lifecycle
