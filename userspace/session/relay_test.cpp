// SPDX-License-Identifier: BSD-2-Clause
#include "session/relay.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>

namespace session {
namespace {

using libjail::UniqueFd;

struct TestPty {
  UniqueFd master, slave;

  TestPty() {
    int m = -1;
    int s = -1;
    EXPECT_EQ(::openpty(&m, &s, nullptr, nullptr, nullptr), 0);
    master.reset(m);
    slave.reset(s);
  }

  void set_local_mode(tcflag_t flag, bool on) const {
    termios modes{};
    ASSERT_EQ(::tcgetattr(slave.get(), &modes), 0);
    modes.c_lflag = on ? modes.c_lflag | flag : modes.c_lflag & ~flag;
    ASSERT_EQ(::tcsetattr(slave.get(), TCSANOW, &modes), 0);
  }
};

UniqueFd non_blocking(const UniqueFd& fd) {
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  ::fcntl(copy.get(), F_SETFL, O_NONBLOCK);
  return copy;
}

std::string read_some(int fd) {
  std::array<char, 256> buffer{};
  pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
  if (::poll(&poll, 1, 2000) <= 0) return "nothing";
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "end";
}

/// One turn of the supervisor's loop.
void turn(Relay& relay) {
  std::vector<pollfd> polls;
  static_cast<void>(relay.prepare(polls));
  ::poll(polls.data(), polls.size(), 500);
  relay.handle(polls);
}

bool waits_for(const Relay& relay, int fd) {
  std::vector<pollfd> polls;
  static_cast<void>(relay.prepare(polls));
  for (const auto& poll : polls) {
    if (poll.fd == fd) return true;
  }
  return false;
}

class Relays : public ::testing::Test {
 protected:
  Relay relay(bool pty, bool shared) {
    return Relay({.keyboard = caller.slave.get(),
                  .screen = caller.slave.get(),
                  .to_jail = non_blocking(jail.master),
                  .from_jail = non_blocking(jail.master),
                  .pty = pty,
                  .shared = shared});
  }

  TestPty caller;  ///< the user sits at its master
  TestPty jail;    ///< the command has its slave
};

TEST_F(Relays, keyboard_to_command) {
  auto copies = relay(true, false);
  ASSERT_EQ(::write(caller.master.get(), "hello\n", 6), 6);
  turn(copies);
  EXPECT_EQ(read_some(jail.slave.get()), "hello\n");
}

TEST_F(Relays, command_to_screen) {
  auto copies = relay(true, false);
  ASSERT_EQ(::write(jail.slave.get(), "out", 3), 3);
  turn(copies);
  EXPECT_EQ(read_some(caller.master.get()), "out");
}

TEST_F(Relays, drain_takes_what_is_left_and_returns) {
  auto copies = relay(true, false);
  ASSERT_EQ(::write(jail.slave.get(), "left", 4), 4);
  copies.drain();
  EXPECT_EQ(read_some(caller.master.get()), "left");
  jail.slave.reset();
  copies.drain();
  EXPECT_FALSE(waits_for(copies, jail.master.get()));
}

TEST_F(Relays, control_d_of_a_line_terminal_reaches_the_command) {
  auto copies = relay(true, true);
  ASSERT_EQ(::write(caller.master.get(), "\x04", 1), 1);
  turn(copies);
  EXPECT_EQ(read_some(jail.slave.get()), "end");
  EXPECT_TRUE(waits_for(copies, caller.slave.get())) << "a terminal goes on after it";
}

TEST_F(Relays, keyboard_belongs_to_a_pager_while_it_is_raw) {
  auto copies = relay(true, true);
  EXPECT_TRUE(waits_for(copies, caller.slave.get()));
  caller.set_local_mode(ICANON, false);
  EXPECT_FALSE(waits_for(copies, caller.slave.get()));
  std::vector<pollfd> polls;
  EXPECT_GT(copies.prepare(polls), 0) << "it has to look again, as nothing will wake it";
  caller.set_local_mode(ICANON, true);
  EXPECT_TRUE(waits_for(copies, caller.slave.get()));
}

TEST_F(Relays, keyboard_of_our_own_is_read_in_raw_mode) {
  caller.set_local_mode(ICANON, false);
  EXPECT_TRUE(waits_for(relay(true, false), caller.slave.get()));
}

TEST_F(Relays, size_is_passed_on) {
  const auto copies = relay(true, false);
  const winsize size{.ws_row = 11, .ws_col = 22, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(caller.master.get(), TIOCSWINSZ, &size), 0);
  copies.resize();
  winsize got{};
  ASSERT_EQ(::ioctl(jail.slave.get(), TIOCGWINSZ, &got), 0);
  EXPECT_EQ(got.ws_row, 11);
  EXPECT_EQ(got.ws_col, 22);
}

TEST_F(Relays, pipes_end_with_control_d) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  const UniqueFd read_end(ends[0]);
  Relay copies({.keyboard = caller.slave.get(),
                .screen = caller.slave.get(),
                .to_jail = UniqueFd(ends[1]),
                .from_jail = {},
                .pty = false,
                .shared = false});
  ASSERT_EQ(::write(caller.master.get(), "a\n\x04", 3), 3);
  turn(copies);
  EXPECT_EQ(read_some(read_end.get()), "a\n");
  turn(copies);
  EXPECT_EQ(read_some(read_end.get()), "end");
}

TEST_F(Relays, command_that_does_not_read_blocks_nothing) {
  jail.set_local_mode(ICANON | ECHO, false);
  caller.set_local_mode(ICANON | ECHO, false);
  auto copies = relay(true, false);
  const std::string block(2048, 'x');
  for (int i = 0; i < 64; ++i) {
    pollfd poll{.fd = caller.master.get(), .events = POLLOUT, .revents = 0};
    if (::poll(&poll, 1, 0) > 0) {
      ASSERT_GT(::write(caller.master.get(), block.data(), block.size()), 0);
    }
    if (!waits_for(copies, caller.slave.get())) break;
    turn(copies);
  }
  EXPECT_FALSE(waits_for(copies, caller.slave.get())) << "holds what the jail does not take";
  ASSERT_EQ(::write(jail.slave.get(), "out", 3), 3);
  turn(copies);
  EXPECT_EQ(read_some(caller.master.get()).substr(0, 3), "out");
}

}  // namespace
}  // namespace session
