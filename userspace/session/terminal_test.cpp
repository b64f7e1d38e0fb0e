// SPDX-License-Identifier: BSD-2-Clause
#include "session/terminal.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace session {
namespace {

termios modes_of(int fd) {
  termios modes{};
  EXPECT_EQ(::tcgetattr(fd, &modes), 0);
  return modes;
}

TEST(Terminal, pty_is_a_pair) {
  const auto pty = open_pty();
  ASSERT_THAT(pty, libjail::testing::IsOk());
  EXPECT_TRUE(::isatty(pty->slave.get()));
  ASSERT_EQ(::write(pty->slave.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(pty->master.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST(Terminal, raw_mode_is_left_again) {
  const auto pty = open_pty();
  ASSERT_THAT(pty, libjail::testing::IsOk());
  const int fd = pty->slave.get();
  ASSERT_TRUE(in_line_mode(fd));
  {
    RawMode raw(fd);
    raw.enter();
    EXPECT_FALSE(in_line_mode(fd));
    EXPECT_EQ(modes_of(fd).c_lflag & static_cast<tcflag_t>(ISIG), 0U);
    raw.enter();  // a second time must not save the raw modes
  }
  EXPECT_TRUE(in_line_mode(fd));
}

TEST(Terminal, full_terminal_is_handed_over_with_its_modes) {
  const auto pty = open_pty();
  ASSERT_THAT(pty, libjail::testing::IsOk());
  CallerTerminal caller;
  caller.is_terminal = {true, true, true};
  caller.modes = modes_of(pty->slave.get());
  caller.modes->c_cc[VERASE] = 8;
  caller.size = {.ws_row = 5, .ws_col = 6, .ws_xpixel = 0, .ws_ypixel = 0};
  dress_pty(*pty, caller);
  EXPECT_EQ(modes_of(pty->slave.get()).c_cc[VERASE], 8);
  EXPECT_NE(modes_of(pty->slave.get()).c_lflag & static_cast<tcflag_t>(ECHO), 0U);
  winsize size{};
  ASSERT_EQ(::ioctl(pty->slave.get(), TIOCGWINSZ, &size), 0);
  EXPECT_EQ(size.ws_row, 5);
}

TEST(Terminal, half_a_terminal_neither_echoes_nor_edits_twice) {
  const auto pty = open_pty();
  ASSERT_THAT(pty, libjail::testing::IsOk());
  CallerTerminal caller;
  caller.is_terminal = {true, false, true};
  caller.modes = modes_of(pty->slave.get());
  EXPECT_FALSE(caller.full());
  dress_pty(*pty, caller);
  EXPECT_EQ(modes_of(pty->slave.get()).c_lflag & static_cast<tcflag_t>(ECHO), 0U);
  EXPECT_EQ(modes_of(pty->slave.get()).c_oflag & static_cast<tcflag_t>(OPOST), 0U);
}

bool has_ptmx_below(const std::string& path) {
  const libjail::UniqueFd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root && has_ptmx(root.get());
}

TEST(Terminal, which_roots_have_terminals) {
  const libjail::testing::TempDir root;
  EXPECT_FALSE(has_ptmx_below(root.path()));
  root.file("dev/ptmx", "no device");
  EXPECT_FALSE(has_ptmx_below(root.path()));
  EXPECT_TRUE(has_ptmx_below("/"));
}

TEST(Terminal, link_out_of_the_root_is_no_terminal) {
  const libjail::testing::TempDir root;
  root.link("dev/ptmx", "../../../../../../dev/ptmx");
  EXPECT_FALSE(has_ptmx_below(root.path()));
}

}  // namespace
}  // namespace session
