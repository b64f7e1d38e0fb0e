// SPDX-License-Identifier: BSD-2-Clause
// jexec(8) runs a command in a jail that is there.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "jail/libjail.h"
#include "jail/unique_fd.hpp"
#include "tests/host.hpp"
#include "tests/session.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kJexec = "/usr/sbin/jexec";
constexpr const char* kJailctl = "/usr/sbin/jailctl";

const std::string kStatus =
    "while read k v; do case $k in Jid:|Cap*) echo $k $v;; esac; done </proc/self/status";

class Jexec : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    start();
  }
  void TearDown() override {
    end();
    HostTest::TearDown();
  }

  /// The jail "web", with one process in it.
  void start(const std::string& capmask = "default", std::vector<std::string> options = {}) {
    end();
    options.insert(options.end(), {"-n", "web"});
    first.emplace(jail("echo up; exec sleep 1000", options, capmask));
    ASSERT_TRUE(first->prints("up"));
  }
  void end() {
    if (!first) return;
    ::kill(first->pid(), SIGKILL);
    first->wait();
    first.reset();
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  }

  /// jexec OPTIONS web sh -c SCRIPT
  [[nodiscard]] static std::vector<std::string> in_web(const std::string& script,
                                                       std::vector<std::string> options = {}) {
    options.insert(options.begin(), kJexec);
    options.insert(options.end(), {"web", "sh", "-c", script});
    return options;
  }

  std::optional<Process> first;
};

TEST_F(Jexec, is_in_the_jail) {
  const auto outside = run({"/bin/busybox", "sh", "-c", kStatus});
  EXPECT_THAT(outside.out, HasSubstr("Jid: 0"));
  const std::string jid = std::to_string(jails().at(0).jid);
  for (const auto& name : {std::string("web"), jid}) {
    const auto inside = run({kJexec, name, "sh", "-c", kStatus});
    EXPECT_THAT(inside.out, HasSubstr("Jid: " + jid + "\n")) << inside.err;
    EXPECT_THAT(inside.out, HasSubstr("CapBnd: 00000000000485fb"));
    EXPECT_EQ(inside.err, "");
  }
}

TEST_F(Jexec, jail_without_a_name) {
  end();
  first.emplace(jail("echo up; exec sleep 1000"));
  ASSERT_TRUE(first->prints("up"));
  const std::string jid = std::to_string(jails().at(0).jid);
  for (const auto& command : {std::vector<std::string>{kJexec, jid},
                              {kJexec, "-l", jid},
                              {kJailctl, "exec", jid},
                              {kJailctl, "console", jid}}) {
    auto argv = command;
    argv.insert(argv.end(), {"sh", "-c", kStatus});
    const auto inside = run(argv);
    EXPECT_THAT(inside.out, HasSubstr("Jid: " + jid + "\n")) << inside.err;
    EXPECT_EQ(inside.err, "");
  }
  EXPECT_THAT(run({kJailctl, "list"}).out, HasSubstr(jid + " running"));
  EXPECT_THAT(run({kJailctl, "ps", jid}).out, HasSubstr("sleep 1000"));
  EXPECT_THAT(run({kJailctl, "stats"}).out, HasSubstr("jail_processes{jail=\"" + jid + "\"} 1"));
  const auto limits = run({kJailctl, "limits", jid});
  EXPECT_EQ(limits.status, 1);
  EXPECT_THAT(limits.err, HasSubstr("control group of jail " + jid + ": No such file"));
  EXPECT_THAT(limits.err, HasSubstr("a jail that jail -c started has one"));
}

TEST_F(Jexec, sees_the_jails_processes_and_mounts_and_starts_at_its_root) {
  const auto outcome = run(in_web("pwd; hostname; ps; ls /dev/pts/ptmx; cat /proc/self/mounts"));
  EXPECT_THAT(outcome.out, HasSubstr("/\nweb\n"));
  EXPECT_THAT(outcome.out, HasSubstr("sleep 1000"));
  EXPECT_THAT(outcome.out, HasSubstr("devpts /dev/pts devpts"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("{init}")));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(Jexec, status_in_place_and_through_a_parent) {
  EXPECT_EQ(run(in_web("exit 7")).status, 7);
  EXPECT_EQ(run(in_web("exit 7"), lead_group).status, 7);
  EXPECT_EQ(run(in_web("kill -KILL $$"), lead_group).status, 128 + SIGKILL);
}

TEST_F(Jexec, not_found_and_not_executable) {
  for (const auto& in_child : {std::function<void()>([] {}), std::function<void()>(lead_group)}) {
    auto outcome = run({kJexec, "web", "nosuch"}, in_child);
    EXPECT_EQ(outcome.status, 127);
    EXPECT_THAT(outcome.err, HasSubstr("jexec: command nosuch is not in the jail"));
    EXPECT_EQ(run({kJexec, "web", "/bin/busybox"}, in_child).status, 127) << "it is on the host";
    EXPECT_EQ(run({kJexec, "web", "/etc/passwd"}, in_child).status, 126);
  }
}

TEST_F(Jexec, jail_that_is_not_there) {
  for (const char* name : {"absent", "4000000", ""}) {
    const auto outcome = run({kJexec, name, "true"});
    EXPECT_EQ(outcome.status, 125);
    EXPECT_THAT(outcome.err, HasSubstr("not found (jls lists the jails"));
  }
}

TEST_F(Jexec, signals_are_passed_on) {
  Process process(in_web("trap 'exit 31' TERM; echo up; while :; do sleep 0.02; done"), lead_group);
  ASSERT_TRUE(process.prints("up"));
  ::kill(process.pid(), SIGTERM);
  EXPECT_EQ(process.finish().status, 31);
}

TEST_F(Jexec, inherits_no_descriptor) {
  const auto leak = [] { open_directory_as(7); };
  const auto leak_in_group = [&] {
    leak();
    lead_group();
  };
  const std::string look = "(: <&7) 2>/dev/null && echo leaked || echo closed";
  EXPECT_EQ(run({"/bin/busybox", "sh", "-c", look}, leak).out, "leaked\n");
  EXPECT_EQ(run(in_web(look), leak).out, "closed\n");
  EXPECT_EQ(run(in_web(look), leak_in_group).out, "closed\n");
  EXPECT_EQ(run(in_web(look, {"-U", "bob"}), leak).out, "closed\n");
  for (const auto& in_child : {std::function<void()>([] {}), std::function<void()>(lead_group)}) {
    EXPECT_EQ(run(in_web("ls /proc/$$/fd; :"), in_child).out, "0\n1\n2\n");
    EXPECT_EQ(run(in_web("ls /proc/$$/fd; :", {"-l"}), in_child).out, "0\n1\n2\n");
  }
}

TEST_F(Jexec, directory_as_standard_input) {
  const auto outcome = run(in_web("echo ran"), [] { open_directory_as(STDIN_FILENO); });
  EXPECT_EQ(outcome.status, 125);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("standard input is a directory"));
}

TEST_F(Jexec, user_of_the_jail) {
  for (const char* capmask : {"none", "default"}) {
    start(capmask);
    const auto outcome = run(in_web("id; echo $USER $HOME $PWD; " + kStatus, {"-U", "bob"}));
    EXPECT_THAT(outcome.out, HasSubstr("uid=1000(bob) gid=1001")) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("groups=60(games),1001"));
    EXPECT_THAT(outcome.out, HasSubstr("bob /home /\n"));
    EXPECT_THAT(outcome.out, HasSubstr("CapEff: 0000000000000000"));
    EXPECT_THAT(outcome.out, HasSubstr("CapPrm: 0000000000000000"));
  }
  const auto outcome = run(in_web("echo ran", {"-U", "eve"}));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("user \"eve\" is not in etc/passwd in the jail's root"));
}

TEST_F(Jexec, passwd_that_leads_elsewhere) {
  ASSERT_EQ(::unlink((root / "etc/passwd").c_str()), 0);
  root.link("etc/passwd", "/../../../../../../etc/passwd");
  const auto outcome = run(in_web("echo ran", {"-U", "root"}));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("user \"root\""));
}

TEST_F(Jexec, user_of_the_host) {
  EXPECT_THAT(run(in_web("id", {"-u", "root"})).out, HasSubstr("uid=0"));
  const auto outcome = run(in_web("id", {"-u", "bob"}));  // only in the jail's passwd
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("user \"bob\" is not in /etc/passwd"));
}

TEST_F(Jexec, login_environment_and_directory) {
  const auto noise = [] { ::setenv("NOISE", "1", 1); };
  EXPECT_EQ(run(in_web("echo $NOISE $PWD"), noise).out, "1 /\n");
  EXPECT_EQ(run(in_web("echo $NOISE $USER $PWD", {"-l"}), noise).out, "root /\n");
  EXPECT_EQ(run(in_web("echo $NOISE $USER $HOME $PWD", {"-l", "-U", "bob"}), noise).out,
            "bob /home /home\n");
  EXPECT_EQ(run(in_web("echo $A $PWD", {"-l", "-e", "A=b c", "-d", "/tmp"}), noise).out,
            "b c /tmp\n");
  const auto outcome = run(in_web("echo ran", {"-d", "/none"}));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("directory /none in the jail: No such file"));
}

TEST_F(Jexec, command_keeps_the_jail_alive) {
  Process second(in_web("echo up; exec sleep 1000"));
  ASSERT_TRUE(second.prints("up"));
  EXPECT_EQ(jails().at(0).processes, 2U);
  ::kill(first->pid(), SIGKILL);
  first->wait();
  EXPECT_EQ(run(in_web("echo still")).out, "still\n");
  first.reset();
  ::kill(second.pid(), SIGKILL);
  second.wait();
  EXPECT_TRUE(comes_true([] { return jails().empty(); }));
}

TEST_F(Jexec, ends_with_the_jail) {
  Process second(in_web("echo up; exec sleep 1000"), lead_group);
  ASSERT_TRUE(second.prints("up"));
  {
    const libjail::UniqueFd web(::jail_open_name("web"));
    ASSERT_TRUE(web) << jail_errmsg();
    EXPECT_EQ(::jail_kill(web.get()), 0) << jail_errmsg();
  }
  EXPECT_EQ(second.finish().status, 128 + SIGKILL);
}

TEST_F(Jexec, not_from_a_jail_and_not_without_privilege) {
  put_in(kJexec);
  auto outcome = run(in_web("jexec web true"));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("outside of any jail"));
  outcome = run(in_web("true"), [] {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  });
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("run as root"));
}

TEST_F(Jexec, terminal_is_the_jails_own) {
  // The control sees the session's terminal; in the jail only one of the jail's own is open.
  const std::string look = "for f in 0 1 2; do ls -l /proc/$$/fd/$f; done";
  Session outside({"/bin/busybox", "sh", "-c", look});
  EXPECT_EQ(outside.wait(), 0);
  EXPECT_THAT(outside.screen, HasSubstr("-> /dev/pts/"));
  Session inside(in_web("tty; stty size; : </dev/tty && echo ctty; " + look + "; exit 4"));
  EXPECT_EQ(inside.wait(), 4);
  EXPECT_THAT(inside.screen, HasSubstr("/dev/pts/0\r\n33 99\r\nctty"));
  EXPECT_THAT(inside.screen, Not(HasSubstr("-> /dev/pts/1")));
  EXPECT_TRUE(inside.in_line_mode());
}

TEST_F(Jexec, terminal_belongs_to_the_user) {
  Session session(in_web("[ -O $(tty) ] && echo mine", {"-U", "bob"}));
  EXPECT_EQ(session.wait(), 0) << session.screen;
  EXPECT_THAT(session.screen, HasSubstr("mine"));
}

TEST_F(Jexec, shell_at_a_terminal) {
  Session session({kJexec, "web"});
  session.type("sleep 1000\r");
  ASSERT_TRUE(comes_true([&] { return jails().at(0).processes == 3; })) << session.screen;
  ASSERT_TRUE(comes_true([&] {
    session.type("\x1a");  // until sleep has the terminal the key goes to the shell
    return session.has_shown("Stopped");
  }));
  session.type("kill -KILL %1\rexit 8\rexit 8\r");  // the first may warn of a stopped job
  EXPECT_EQ(session.wait(), 8);
}

TEST_F(Jexec, stops_and_goes_on) {
  Process process(in_web("echo up; sleep 0.2; exit 5"), lead_group);
  ASSERT_TRUE(process.prints("up"));
  const std::string stat = "/proc/" + std::to_string(process.pid()) + "/stat";
  ::kill(process.pid(), SIGTSTP);
  EXPECT_TRUE(comes_true(
      [&] { return libjail::testing::read_text(stat).find(") T ") != std::string::npos; }));
  ::kill(process.pid(), SIGCONT);
  EXPECT_EQ(process.finish().status, 5);
}

TEST_F(Jexec, does_not_stop_where_nobody_would_let_it_go_on) {
  Session session(in_web("echo up; read l; exit 5"));
  ASSERT_TRUE(session.shows("up"));
  ::kill(session.pid(), SIGTSTP);
  ::usleep(100000);
  session.type("line\r");
  EXPECT_EQ(session.wait(), 5);
}

TEST_F(Jexec, login_shell_at_a_terminal) {
  Session session({kJexec, "-l", "-U", "bob", "web"});
  session.type("echo I am $0 of $USER in $PWD; exit 3\r");
  EXPECT_EQ(session.wait(), 3);
  EXPECT_THAT(session.screen, HasSubstr("I am -sh of bob in /home\r\n"));
}

TEST_F(Jexec, without_a_terminal_in_the_jail_there_are_pipes) {
  start("default", {"-M"});
  Session session(in_web("tty; read l; echo got $l; exit 3"));
  ASSERT_TRUE(session.shows("not a tty"));
  session.type("line\r");
  EXPECT_EQ(session.wait(), 3);
  EXPECT_THAT(session.screen, HasSubstr("got line"));
}

}  // namespace
}  // namespace guest
