// SPDX-License-Identifier: BSD-2-Clause
// jail(8) at a terminal: the command gets one of its own.
#include <gmock/gmock.h>

#include "tests/host.hpp"
#include "tests/session.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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
