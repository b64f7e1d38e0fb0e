// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/interrupt.hpp"

#include <array>
#include <csignal>

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {
namespace {

volatile std::sig_atomic_t caught = 0;

constexpr auto kNumbers = std::to_array<int>({SIGINT, SIGTERM, SIGHUP});

void note(int number) { caught = number; }

void end_if_interrupted() {
  const int number = caught;
  if (number == 0) return;
  static_cast<void>(::signal(number, SIG_DFL));
  static_cast<void>(::raise(number));
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;  // without SA_RESTART: waiting ends
  for (const int number : kNumbers) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);  // nohup(1)
  }
  // A closed pipe is an error of write(2).
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
}

void let_interrupts_end_us() {
  for (const int number : kNumbers) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler == note) static_cast<void>(::signal(number, SIG_DFL));
  }
  end_if_interrupted();
}

bool interrupted() { return caught != 0; }

int finished(int status) {
  if (status != kOk) end_if_interrupted();
  return status;
}

}  // namespace jailctl
