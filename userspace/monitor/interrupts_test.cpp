// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/interrupts.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

namespace monitor {
namespace {

/// In a child, as signals are those of the process. @return what @p body does
int in_child(int (*body)()) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }

TEST(Interrupts, come_by_the_descriptor) {
  EXPECT_EQ(in_child([] {
              ::dup2(null(), STDOUT_FILENO);
              const auto signals = interrupts();
              if (wait_for(-1, signals.get(), 0) != Ready::kTimeout) return 1;
              static_cast<void>(::raise(SIGTERM));
              return wait_for(-1, signals.get(), -1) == Ready::kInterrupt ? 0 : 2;
            }),
            0);
}

TEST(Interrupts, that_are_ignored_stay_so) {
  EXPECT_EQ(in_child([] {
              ::dup2(null(), STDOUT_FILENO);
              static_cast<void>(::signal(SIGHUP, SIG_IGN));
              const auto signals = interrupts();
              static_cast<void>(::raise(SIGHUP));
              return wait_for(-1, signals.get(), 0) == Ready::kTimeout ? 0 : 1;
            }),
            0);
}

TEST(Interrupts, nobody_reads_any_more) {
  EXPECT_EQ(in_child([] {
              std::array<int, 2> ends{};
              if (::pipe(ends.data()) < 0) return 1;
              ::dup2(ends[1], STDOUT_FILENO);
              const auto signals = interrupts();
              if (wait_for(-1, signals.get(), 0) != Ready::kTimeout) return 2;
              ::close(ends[0]);
              if (wait_for(-1, signals.get(), -1) != Ready::kReaderGone) return 3;
              return ::write(STDOUT_FILENO, "", 1) < 0 ? 0 : 4;  // and no SIGPIPE
            }),
            0);
}

TEST(Interrupts, source) {
  EXPECT_EQ(in_child([] {
              ::dup2(null(), STDOUT_FILENO);
              std::array<int, 2> ends{};
              if (::pipe(ends.data()) < 0) return 1;
              const auto signals = interrupts();
              if (wait_for(ends[0], signals.get(), 0) != Ready::kTimeout) return 2;
              if (::write(ends[1], "x", 1) != 1) return 3;
              return wait_for(ends[0], signals.get(), -1) == Ready::kSource ? 0 : 4;
            }),
            0);
}

}  // namespace
}  // namespace monitor
