// SPDX-License-Identifier: BSD-2-Clause
// jail(8) at a terminal: the command gets one of its own.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <csignal>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A user at a terminal in whose session a program runs.
class Session {
 public:
  explicit Session(const std::vector<std::string>& argv) {
    std::vector<char*> pointers;
    pointers.reserve(argv.size() + 1);
    for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    winsize size{.ws_row = 33, .ws_col = 99, .ws_xpixel = 0, .ws_ypixel = 0};
    int slave = -1;
    if (::openpty(&master_, &slave, nullptr, nullptr, &size) < 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(master_);
      ::login_tty(slave);
      ::execv(pointers[0], pointers.data());
      ::_exit(99);
    }
    slave_ = slave;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    ::close(master_);
    ::close(slave_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  void type(const std::string& text) const {
    ASSERT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  [[nodiscard]] bool has_shown(const std::string& text) {
    read_some();
    return screen.find(text) != std::string::npos;
  }

  [[nodiscard]] bool shows(const std::string& text) {
    return comes_true([&] { return has_shown(text); });
  }

  int wait() {
    int status = 0;
    comes_true([&] {
      read_some();
      return ::waitpid(pid_, &status, WNOHANG) == pid_;
    })
        ? static_cast<void>(pid_ = -1)
        : ADD_FAILURE() << "it does not end; the screen shows: " << screen;
    read_some();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  [[nodiscard]] bool in_line_mode() const {
    termios modes{};
    return ::tcgetattr(slave_, &modes) == 0 && (modes.c_lflag & ICANON) != 0;
  }

  void resize(unsigned short rows) const {
    const winsize size{.ws_row = rows, .ws_col = 99, .ws_xpixel = 0, .ws_ypixel = 0};
    ASSERT_EQ(::ioctl(master_, TIOCSWINSZ, &size), 0);
  }

  std::string screen;

 private:
  void read_some() {
    std::array<char, 4096> buffer{};
    pollfd poll{.fd = master_, .events = POLLIN, .revents = 0};
    while (::poll(&poll, 1, 5) > 0 && (poll.revents & POLLIN) != 0) {
      const ssize_t got = ::read(master_, buffer.data(), buffer.size());
      if (got <= 0) return;
      screen.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  int master_ = -1;
  int slave_ = -1;
  pid_t pid_ = -1;
};

class Terminal : public HostTest {
 protected:
  [[nodiscard]] static std::vector<std::string> host_shell(const std::string& script) {
    return {"/bin/busybox", "sh", "-c", script};
  }
  [[nodiscard]] std::string prefix(const std::string& options = "") const {
    return std::string(kJail) + " " + options + " " + root.path() + " default none ";
  }
};

TEST_F(Terminal, is_the_jails_own) {
  Session session(jail("tty; stty size; ls /dev/pts; : </dev/tty && echo ctty; exit 4"));
  EXPECT_EQ(session.wait(), 4);
  EXPECT_THAT(session.screen, HasSubstr("/dev/pts/0\r\n33 99\r\n"));
  EXPECT_THAT(session.screen, HasSubstr("0     ptmx"));
  EXPECT_THAT(session.screen, HasSubstr("ctty"));
}

TEST_F(Terminal, belongs_to_the_user) {
  Session session(jail("[ -O $(tty) ] && echo mine", {"-U", "bob"}));
  EXPECT_EQ(session.wait(), 0) << session.screen;
  EXPECT_THAT(session.screen, HasSubstr("mine"));
}

TEST_F(Terminal, is_raw_outside_and_restored_afterwards) {
  Session session(jail("echo up; read line; echo got $line; exit 6"));
  ASSERT_TRUE(session.shows("up"));
  EXPECT_TRUE(comes_true([&] { return !session.in_line_mode(); }));
  session.type("hello\r");
  EXPECT_EQ(session.wait(), 6);
  EXPECT_THAT(session.screen, HasSubstr("got hello"));
  EXPECT_TRUE(session.in_line_mode());
}

TEST_F(Terminal, is_restored_when_the_command_is_not_found) {
  Session session({kJail, root.path(), "none", "none", "nosuch"});
  EXPECT_EQ(session.wait(), 127);
  EXPECT_THAT(session.screen, HasSubstr("nosuch is not in the jail"));
  EXPECT_TRUE(session.in_line_mode());
}

TEST_F(Terminal, keeps_job_control) {
  Session session({kJail, root.path(), "default", "none", "sh", "-i"});
  session.type("sleep 1000\r");
  ASSERT_TRUE(session.shows("sleep 1000"));
  ASSERT_TRUE(comes_true([&] { return jails().size() == 1 && jails()[0].processes == 2; }));
  // Until sleep has the terminal the key goes to the shell, which does not mind.
  ASSERT_TRUE(comes_true([&] {
    session.type("\x1a");
    return session.has_shown("Stopped");
  }));
  session.type("kill -KILL %1\rexit 8\rexit 8\r");  // the first may warn of a stopped job
  EXPECT_EQ(session.wait(), 8);
}

TEST_F(Terminal, interrupt_key_reaches_the_command) {
  Session session(jail("trap 'echo caught; exit 9' INT; echo up; while :; do sleep 0.02; done"));
  ASSERT_TRUE(session.shows("up"));
  ASSERT_TRUE(comes_true([&] { return !session.in_line_mode(); }));
  session.type("\x03");
  EXPECT_EQ(session.wait(), 9);
}

TEST_F(Terminal, new_size_reaches_the_command) {
  Session session(jail("echo up; while [ \"$(stty size)\" = '33 99' ]; do :; done; stty size"));
  ASSERT_TRUE(session.shows("up"));
  session.resize(44);
  EXPECT_EQ(session.wait(), 0);
  EXPECT_THAT(session.screen, HasSubstr("44 99"));
}

TEST_F(Terminal, output_in_a_pipe_stays_a_pipe) {
  Session session(host_shell(prefix() + "sh -c 'tty; [ -t 1 ] || echo pipe' | cat; echo end"));
  EXPECT_EQ(session.wait(), 0);
  EXPECT_THAT(session.screen, HasSubstr("/dev/pts/0\r\npipe\r\nend\r\n"));
}

TEST_F(Terminal, input_from_a_pipe_stays_a_pipe) {
  Session session(host_shell("echo data | " + prefix() + "sh -c 'cat; [ -t 1 ] && echo tty'"));
  EXPECT_EQ(session.wait(), 0);
  EXPECT_THAT(session.screen, HasSubstr("data\r\ntty\r\n"));
}

TEST_F(Terminal, lines_typed_to_a_pipeline_arrive) {
  Session session(
      host_shell(prefix() + "sh -c 'echo up >&2; while read l; do echo $l; done' | cat; echo end"));
  ASSERT_TRUE(session.shows("up"));
  session.type("typed\r");
  ASSERT_TRUE(session.shows("typed\r\ntyped\r\n")) << session.screen;
  session.type("\x04");
  EXPECT_EQ(session.wait(), 0);
  EXPECT_THAT(session.screen, HasSubstr("end"));
}

TEST_F(Terminal, without_one_in_the_root_there_are_pipes) {
  Session session(host_shell(prefix("-v -M") + "sh -c 'tty; read l; echo got $l; exit 3'"));
  ASSERT_TRUE(session.shows("not a tty"));
  session.type("line\r");
  EXPECT_EQ(session.wait(), 3);
  EXPECT_THAT(session.screen, HasSubstr("jail: the jail has no /dev/ptmx"));
  EXPECT_THAT(session.screen, HasSubstr("got line"));
}

TEST_F(Terminal, of_the_caller_does_not_go_in) {
  // The control sees the session's terminal; in the jail only the jail's own is open.
  const std::string look = "for f in 0 1 2; do ls -l /proc/$$/fd/$f; done";
  Session outside(host_shell(look));
  EXPECT_EQ(outside.wait(), 0);
  EXPECT_THAT(outside.screen, HasSubstr("-> /dev/pts/"));
  Session inside(host_shell(prefix() + "sh -c '" + look + "' 2>&1"));
  EXPECT_EQ(inside.wait(), 0);
  EXPECT_THAT(inside.screen, HasSubstr("-> /dev/pts/0"));
  EXPECT_THAT(inside.screen, Not(HasSubstr("-> /dev/pts/1")));
}

}  // namespace
}  // namespace guest
