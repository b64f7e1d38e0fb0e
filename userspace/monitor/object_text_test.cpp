// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/object_text.hpp"

#include <gtest/gtest.h>

namespace monitor {
namespace {

TEST(ObjectText, capabilities) {
  EXPECT_EQ(object_text("capability 21"), "cap_sys_admin");
  EXPECT_EQ(object_text("capability 0"), "cap_chown");
  EXPECT_EQ(object_text("capability 63"), "63") << "libcap has no name for it";
  EXPECT_EQ(object_text("capability x"), "capability x");
  EXPECT_EQ(object_text("capability"), "capability");
}

TEST(ObjectText, sockets) {
  EXPECT_EQ(object_text("family 17 type 3 protocol 768"), "AF_PACKET SOCK_RAW protocol 768");
  EXPECT_EQ(object_text("family 10 type 1 protocol 0"), "AF_INET6 SOCK_STREAM protocol 0");
  EXPECT_EQ(object_text("family 99 type 9 protocol 0"), "family 99 type 9 protocol 0");
  EXPECT_EQ(object_text("family x type y protocol z"), "family x type y protocol z");
}

TEST(ObjectText, anything_else) {
  EXPECT_EQ(object_text(""), "");
  EXPECT_EQ(object_text("char 1:1"), "char 1:1");
  EXPECT_EQ(object_text("family 17"), "family 17");
}

}  // namespace
}  // namespace monitor
