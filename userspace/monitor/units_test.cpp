// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/units.hpp"

#include <gtest/gtest.h>

namespace monitor {
namespace {

TEST(Units, sizes) {
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(size_text(1023), "1023");
  EXPECT_EQ(size_text(2048), "2K");
  EXPECT_EQ(size_text(12900000), "12.3M");
  EXPECT_EQ(size_text(~0ULL), "15.9E");
}

TEST(Units, rates) {
  EXPECT_EQ(rate_text(0), "0.0");
  EXPECT_EQ(rate_text(0.04), "0.0");
  EXPECT_EQ(rate_text(17.25), "17.3");
  EXPECT_EQ(rate_text(99.96), "100");
  EXPECT_EQ(rate_text(4711.2), "4711");
}

TEST(Units, durations) {
  EXPECT_EQ(duration_text(0), "00:00:00");
  EXPECT_EQ(duration_text(754), "00:12:34");
  EXPECT_EQ(duration_text(86399), "23:59:59");
  EXPECT_EQ(duration_text(3 * 86400 + 4 * 3600), "3d04h");
}

}  // namespace
}  // namespace monitor
