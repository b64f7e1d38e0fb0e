// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/interrupt.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace jailctl {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

constexpr int kNoted = 7;
constexpr int kUnnoted = 8;

[[noreturn]] void end() { ::_exit(interrupted() ? kNoted : kUnnoted); }

TEST(InterruptsDeathTest, are_noted) {
  const auto run = [] {
    catch_interrupts();
    static_cast<void>(::raise(SIGTERM));
    end();
  };
  EXPECT_EXIT(run(), ExitedWithCode(kNoted), "");
}

TEST(InterruptsDeathTest, end_what_has_nothing_to_undo) {
  const auto later = [] {
    catch_interrupts();
    let_interrupts_end_us();
    static_cast<void>(::raise(SIGINT));
    end();
  };
  EXPECT_EXIT(later(), KilledBySignal(SIGINT), "");
  const auto before = [] {
    catch_interrupts();
    static_cast<void>(::raise(SIGINT));
    let_interrupts_end_us();
    end();
  };
  EXPECT_EXIT(before(), KilledBySignal(SIGINT), "");
}

TEST(InterruptsDeathTest, ignored_ones_stay_ignored) {
  const auto run = [] {
    static_cast<void>(::signal(SIGHUP, SIG_IGN));
    catch_interrupts();
    let_interrupts_end_us();
    static_cast<void>(::raise(SIGHUP));
    end();
  };
  EXPECT_EXIT(run(), ExitedWithCode(kUnnoted), "");
}

}  // namespace
}  // namespace jailctl
