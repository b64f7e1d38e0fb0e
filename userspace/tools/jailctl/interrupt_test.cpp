// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/interrupt.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tools/jailctl/subcommand.hpp"

namespace jailctl {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

constexpr int kNoted = 7;
constexpr int kUnnoted = 8;

[[noreturn]] void end() { ::_exit(interrupted() ? kNoted : kUnnoted); }

class InterruptsDeathTest : public ::testing::Test {
 protected:
  /// Whatever the caller ignores, as a shell does for what it starts in the background.
  void SetUp() override {
    for (const int number : {SIGINT, SIGTERM}) ASSERT_NE(::signal(number, SIG_DFL), SIG_ERR);
  }
};

TEST_F(InterruptsDeathTest, are_noted) {
  const auto run = [] {
    catch_interrupts();
    static_cast<void>(::raise(SIGTERM));
    end();
  };
  EXPECT_EXIT(run(), ExitedWithCode(kNoted), "");
}

TEST_F(InterruptsDeathTest, end_what_has_nothing_to_undo) {
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

TEST_F(InterruptsDeathTest, end_what_they_kept_from_its_end) {
  const auto run = [](int status) {
    catch_interrupts();
    static_cast<void>(::raise(SIGTERM));
    ::_exit(finished(status));
  };
  EXPECT_EXIT(run(kFailure), KilledBySignal(SIGTERM), "");
  EXPECT_EXIT(run(kOk), ExitedWithCode(kOk), "") << "what is done is not called interrupted";
}

TEST_F(InterruptsDeathTest, ignored_ones_stay_ignored) {
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
