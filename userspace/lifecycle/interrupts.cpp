// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/interrupts.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace libjail::lifecycle {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

}  // namespace

Interrupts::Interrupts() {
  ::sigemptyset(&set_);
  for (const int signal : kSignals) {
    struct sigaction now {};
    // What nohup(1), say, has the caller ignore is no interrupt.
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) continue;
    ::sigaddset(&set_, signal);
  }
  ::sigprocmask(SIG_BLOCK, &set_, &mask_);
  signals_.reset(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interrupts::~Interrupts() { ::sigprocmask(SIG_SETMASK, &mask_, nullptr); }

void Interrupts::end() const {
  for (const int signal : kSignals) {
    if (::sigismember(&set_, signal) == 1) static_cast<void>(::signal(signal, SIG_IGN));
  }
}

bool Interrupts::came() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) came_ = true;
  return came_;
}

}  // namespace libjail::lifecycle
