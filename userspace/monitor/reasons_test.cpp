// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/reasons.hpp"

#include <gtest/gtest.h>
#include <linux/jail.h>

#include "monitor/bpf/events.h"

namespace monitor {
namespace {

TEST(Names, are_in_the_order_of_the_numbers) {
  EXPECT_EQ(name_of(event_names(), JAIL_EVENT_CREATE), "create");
  EXPECT_EQ(name_of(event_names(), JAIL_EVENT_CONNECT), "connect");
  EXPECT_EQ(name_of(reason_names(), JAIL_REASON_CAPABILITY), "capability");
  EXPECT_EQ(name_of(reason_names(), JAIL_REASON_PATH), "path");
  EXPECT_EQ(name_of(reason_names(), JAIL_REASON_SYSTEM), "system");
  EXPECT_EQ(name_of(reason_names(), 99), "99") << "of a newer kernel";
}

TEST(Masks, of_lists) {
  EXPECT_EQ(mask_of(event_names(), "deny"), 1U << JAIL_EVENT_DENY);
  EXPECT_EQ(mask_of(event_names(), "bind,create"), 1U << JAIL_EVENT_CREATE | 1U << JAIL_EVENT_BIND);
  EXPECT_EQ(mask_of(reason_names(), "tty,tty"), 1U << JAIL_REASON_TTY);
  for (const char* wrong : {"", "deny,", ",", "Deny", "deny bind", "all"}) {
    EXPECT_EQ(mask_of(event_names(), wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace monitor
