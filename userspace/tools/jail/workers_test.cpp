// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "testing/matchers.hpp"

namespace jail_tool {
namespace {

using libjail::testing::IsOk;

class WorkersTest : public ::testing::Test {
 protected:
  /// A shell starts what is to run in the background with interrupts ignored.
  WorkersTest() { static_cast<void>(::signal(SIGINT, SIG_DFL)); }

  libjail::lifecycle::Interrupts interrupts;
  Workers workers{interrupts};
};

TEST_F(WorkersTest, the_first_that_ends_is_the_first_that_is_told_of) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ASSERT_THAT(workers.begin("slow",
                            [&] {
                              char byte = 0;
                              return ::read(pipe[0], &byte, 1) == 1 ? 3 : 4;
                            }),
              IsOk());
  ASSERT_THAT(workers.begin("fast", [] { return 0; }), IsOk());
  EXPECT_EQ(workers.count(), 2U);
  EXPECT_TRUE(workers.is_at("fast"));
  auto ended = workers.wait();
  EXPECT_EQ(ended.jail, "fast");
  EXPECT_EQ(ended.status, 0);
  EXPECT_FALSE(workers.is_at("fast"));
  EXPECT_TRUE(workers.is_at("slow"));
  ASSERT_EQ(::write(pipe[1], "x", 1), 1);
  ended = workers.wait();
  EXPECT_EQ(ended.jail, "slow");
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(workers.count(), 0U);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(WorkersTest, one_that_a_signal_ends) {
  ASSERT_THAT(workers.begin("web", [] { return ::raise(SIGKILL); }), IsOk());
  EXPECT_EQ(workers.wait().status, 128 + SIGKILL);
}

TEST_F(WorkersTest, interrupts_reach_all_in_groups_of_their_own) {
  for (const char* jail : {"web", "db"}) {
    ASSERT_THAT(workers.begin(jail,
                              [this] {
                                if (::getpgrp() != ::getpid()) return 8;
                                while (!interrupts.came()) ::usleep(1000);
                                return 7;
                              }),
                IsOk());
  }
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(workers.wait().status, 7);
  EXPECT_EQ(workers.wait().status, 7);
  EXPECT_TRUE(interrupts.came()) << "we know, too";
}

TEST_F(WorkersTest, interrupt_that_was_asked_for_before) {
  ASSERT_THAT(workers.begin("web",
                            [this] {
                              while (!interrupts.came()) ::usleep(1000);
                              return 7;
                            }),
              IsOk());
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_TRUE(interrupts.came());
  EXPECT_EQ(workers.wait().status, 7);
}

}  // namespace
}  // namespace jail_tool
