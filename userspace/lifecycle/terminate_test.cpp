// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/terminate.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/wait.h>

#include <csignal>

#include "session/channel.hpp"
#include "testing/fake_kernel.hpp"

namespace libjail::lifecycle {
namespace {

TEST(Terminate, whoever_is_inside_cannot_hold_us_up) {
  class Stopped : public testing::FakeKernel {
    Sys<void> jail_attach(int jail) override {
      static_cast<void>(::raise(SIGSTOP));
      return FakeKernel::jail_attach(jail);
    }
  } kernel;
  kernel.info.nr_processes = 1;
  kernel.info.cap_ceiling = std::uint64_t{1} << CAP_KILL;
  const testing::TempDir state;
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd jail(::fcntl(null.get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  Interrupts interrupts;
  static_cast<void>(
      ask_to_end(kernel, {.state_dir = state.path()}, interrupts, jail.get(), "web", 1));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no process is left";
}

}  // namespace
}  // namespace libjail::lifecycle
