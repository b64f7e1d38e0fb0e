// SPDX-License-Identifier: BSD-2-Clause
#include "cli/messages.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(Messages, control_no_terminal) {
  EXPECT_EQ(printable("red \x1b[31m, bell \a, delete \x7f"),
            "red \\033[31m, bell \\007, delete \\177");
  EXPECT_EQ(printable("8-bit \xc2\x9b"
                      "31m"),
            "8-bit \xc2\\23331m");
  EXPECT_EQ(printable("\xc3\xa9 and \xc2\xa0, a tab\t\nand a line"),
            "\xc3\xa9 and \xc2\xa0, a tab\t\nand a line");
}

TEST(Messages, go_to_standard_error) {
  ::testing::internal::CaptureStderr();
  Messages("jail", Verbosity::kQuiet).error("shell \"/bin/\x1b]0;x\a\"");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "jail: shell \"/bin/\\033]0;x\\007\"\n");
}

}  // namespace
}  // namespace cli
