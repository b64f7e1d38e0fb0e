// SPDX-License-Identifier: BSD-2-Clause
#include "cli/messages.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>

#include "cli/arguments.hpp"
#include "jail/unique_fd.hpp"

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

/// Standard output in another place as long as it lives.
class Redirected {
 public:
  explicit Redirected(int fd) : before_(::dup(STDOUT_FILENO)) { ::dup2(fd, STDOUT_FILENO); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() {
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
  }

 private:
  int before_;
};

/// What is said on standard error while @p text cannot be written.
std::string complaint(int fd, const std::function<void()>& write) {
  ::testing::internal::CaptureStderr();
  {
    const Redirected redirected(fd);
    write();
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(Messages, output_is_as_it_is) {
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(Messages("jail", Verbosity::kQuiet).output("\x1b[31m"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "\x1b[31m");
}

TEST(Messages, output_that_cannot_be_written) {
  const libjail::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Messages messages("jls", Verbosity::kQuiet);
  EXPECT_EQ(complaint(full.get(), [&] { EXPECT_FALSE(messages.output("x")); }),
            "jls: write error: No space left on device\n");
  EXPECT_EQ(complaint(full.get(), [&] { EXPECT_TRUE(messages.output("")); }), "");
  EXPECT_THAT(complaint(full.get(), [] { EXPECT_EQ(finish({.out = "x"}, 125), 125); }),
              ::testing::EndsWith(": write error: No space left on device\n"));
  EXPECT_THAT(complaint(full.get(), [] { EXPECT_EQ(finish({.out = "x", .status = 7}), 7); }),
              ::testing::EndsWith(": write error: No space left on device\n"));
}

TEST(Messages, output_that_nobody_reads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const libjail::UniqueFd output(ends[1]);
  ::close(ends[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(complaint(output.get(),
                      [] { EXPECT_FALSE(Messages("jls", Verbosity::kNormal).output("x")); }),
            "");
  static_cast<void>(::signal(SIGPIPE, before));
}

}  // namespace
}  // namespace cli
