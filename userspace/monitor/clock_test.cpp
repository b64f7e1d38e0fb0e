// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/clock.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace monitor {
namespace {

TEST(Clock, both_make_the_time_of_day) {
  const auto now = static_cast<double>(boot_time()) + static_cast<double>(time_since_boot());
  EXPECT_NEAR(now / 1e9, static_cast<double>(std::time(nullptr)), 60);
}

TEST(Clock, goes_on) {
  const auto before = time_since_boot();
  EXPECT_LE(before, time_since_boot());
  EXPECT_GT(before, 0U);
}

}  // namespace
}  // namespace monitor
