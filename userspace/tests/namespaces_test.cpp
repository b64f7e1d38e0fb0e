// SPDX-License-Identifier: BSD-2-Clause
// Jails with real namespaces on top: a PID namespace with a process 1, and a root directory whose
// IDs are others on the disk.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/host.hpp"
#include "tests/session.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kJexec = "/usr/sbin/jexec";
constexpr const char* kPs = "for p in /proc/[0-9]*; do echo ${p#/proc/} $(cat $p/comm); done";

std::vector<std::string> inits() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/run/jail/init", none)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

class PidJail : public HostTest {
 protected:
  void TearDown() override {
    run({kJail, "-q", "-R", "*"});
    EXPECT_THAT(inits(), IsEmpty()) << "what is known of a process 1 is left";
    HostTest::TearDown();
  }

  [[nodiscard]] Outcome pid_jail(const std::string& script,
                                 std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"-o", "pid"});
    return run(jail(script, options));
  }
  void configure(const std::string& text) const {
    files.file("jail.conf",
               "path = " + root.path() + "; web { pid; stop.timeout = 5; " + text + "}");
    ::chmod((files / "jail.conf").c_str(), 0644);
  }
  [[nodiscard]] Outcome jail_with(std::vector<std::string> operands) const {
    operands.insert(operands.begin(), {kJail, "-f", files / "jail.conf"});
    return run(operands);
  }
  static Outcome in_web(const std::string& script) {
    return run({kJexec, "web", "sh", "-c", script});
  }

  libjail::testing::TempDir files;
};

// --- the form with a command ---------------------------------------------------------------------

TEST_F(PidJail, has_numbers_of_its_own) {
  const auto control = run(jail("echo $$"));
  EXPECT_GT(std::stoi(control.out), 2) << "without it they are those of the host";
  const auto outcome = pid_jail("echo $$ $PPID; read p r </proc/self/stat; cat /proc/1/comm");
  EXPECT_EQ(outcome.out, "2 1\njail-init\n") << outcome.err;
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(PidJail, status_of_the_command) {
  EXPECT_EQ(pid_jail("exit 42").status, 42);
  EXPECT_EQ(pid_jail("kill -9 $$").status, 137);
  EXPECT_EQ(pid_jail("kill -TERM $$").status, 143) << "process 1 would ignore it";
  EXPECT_EQ(run({kJail, "-o", "pid", root.path(), "default", "none", "/nosuch"}).status, 127);
  EXPECT_EQ(run({kJail, "-o", "pid", root / "none", "default", "none", "sh"}).status, 125);
}

TEST_F(PidJail, signals_reach_the_command_and_nobody_inside_ends_process_1) {
  Process process(
      jail("trap 'echo got; exit 7' TERM; kill -9 1; kill -TERM 1; echo up; "
           "while :; do sleep 0.1; done",
           {"-o", "pid"}));
  ASSERT_TRUE(process.prints("up\n"));
  ::kill(process.pid(), SIGTERM);
  const auto outcome = process.finish();
  EXPECT_EQ(outcome.status, 7) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("got\n"));
}

TEST_F(PidJail, orphans_are_adopted_and_waited_for) {
  const auto outcome = pid_jail(
      "(sh -c 'echo $$ >/tmp/orphan; while [ ! -e /tmp/go ]; do sleep 0.1; done' &) ; "
      "while [ ! -s /tmp/orphan ]; do sleep 0.1; done; o=$(cat /tmp/orphan); "
      "while read k v; do case $k in PPid:) echo parent $v;; esac; done </proc/$o/status; "
      "touch /tmp/go; while [ -e /proc/$o ]; do sleep 0.1; done; echo reaped");
  EXPECT_EQ(outcome.out, "parent 1\nreaped\n") << outcome.err;
}

TEST_F(PidJail, what_the_command_leaves_lives_on) {
  const auto outcome = pid_jail("sleep 1000 >/dev/null 2>&1 & exit 3", {"-n", "web"});
  EXPECT_EQ(outcome.status, 3);
  ASSERT_EQ(jails().size(), 1U);
  const auto there = in_web(kPs);
  EXPECT_THAT(there.out, HasSubstr("1 jail-init\n")) << there.err;
  EXPECT_THAT(there.out, HasSubstr(" sleep\n"));
  EXPECT_EQ(run({kJail, "-r", "web"}).status, 0);
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(PidJail, process_1_tells_nothing_of_the_host) {
  const auto outcome = pid_jail(
      "cat /proc/1/cmdline | tr '\\0' ' '; cat /proc/1/environ || echo no environ; "
      "ls -l /proc/1/fd 2>&1; readlink /proc/1/exe || echo no exe; cat /proc/1/maps || echo no "
      "maps");
  EXPECT_THAT(outcome.out, HasSubstr("jail-init"));
  EXPECT_THAT(outcome.out, Not(HasSubstr(root.path())));
  EXPECT_THAT(outcome.out, Not(HasSubstr("/usr/sbin")));
  for (const char* refused : {"no environ", "no exe"}) {
    EXPECT_THAT(outcome.out, HasSubstr(refused));
  }
  // The control: a process of the host's shows them.
  const auto control =
      run({"/bin/busybox", "sh", "-c", "readlink /proc/1/exe; cat /proc/self/environ"});
  EXPECT_THAT(control.out, HasSubstr("/init"));
}

TEST_F(PidJail, does_not_see_the_host_nor_reach_it) {
  const auto control = run({"/bin/busybox", "sh", "-c", kPs});
  EXPECT_THAT(control.out, HasSubstr("1 init\n"));
  const auto outcome = pid_jail(std::string(kPs) + "; kill -9 $PPID; kill -0 " +
                                std::to_string(::getpid()) + " || echo none");
  EXPECT_THAT(outcome.out, Not(HasSubstr("_test")));
  EXPECT_THAT(outcome.out, HasSubstr("none\n"));
  EXPECT_EQ(outcome.out.substr(0, outcome.out.find('\n')), "1 jail-init");
}

TEST_F(PidJail, kill_9_of_jail_leaves_a_jail_that_ends_with_its_processes) {
  Process process(jail("echo up; exec sleep 1000", {"-o", "pid", "-n", "web"}));
  ASSERT_TRUE(process.prints("up\n"));
  ::kill(process.pid(), SIGKILL);
  process.wait();
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(run({kJail, "-r", "web"}).status, 0);
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(PidJail, at_a_terminal) {
  Session session(jail("tty; : </dev/tty && echo ctty; echo up; read line; echo got $line; exit 6",
                       {"-o", "pid"}));
  ASSERT_TRUE(session.shows("up"));
  session.type("hello\r");
  EXPECT_EQ(session.wait(), 6);
  EXPECT_THAT(session.screen, HasSubstr("/dev/pts/0\r\nctty"));
  EXPECT_THAT(session.screen, HasSubstr("got hello"));
  EXPECT_TRUE(session.in_line_mode());
}

TEST_F(PidJail, keys_that_send_signals_reach_the_foreground) {
  Session session({kJail, "-o", "pid", root.path(), "default", "none", "sh", "-i"});
  session.type("sleep 1000\r");
  // Process 1, the shell and what it started.
  ASSERT_TRUE(comes_true([] { return jails().size() == 1 && jails()[0].processes == 3; }));
  // Until sleep has the terminal the key goes to the shell, which does not mind.
  EXPECT_TRUE(comes_true([&] {
    session.type("\x03");
    return jails()[0].processes == 2;
  }));
  session.type("exit 5\r");
  EXPECT_EQ(session.wait(), 5) << session.screen;
}

// --- jail -c, jexec, jail -r ---------------------------------------------------------------------

TEST_F(PidJail, start_enter_and_remove) {
  configure(
      "exec.start = 'sleep 1000 &', 'echo $$ >/tmp/second'; exec.stop = 'echo stop >/tmp/stop';");
  auto outcome = jail_with({"-c", "web"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const auto inside = in_web(std::string("echo $PPID; ") + kPs);
  EXPECT_THAT(inside.out, HasSubstr("0\n1 jail-init\n")) << inside.err;
  EXPECT_THAT(inside.out, HasSubstr(" sleep\n"));
  EXPECT_EQ(in_web("exit 9").status, 9);
  outcome = jail_with({"-r", "web"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(jails(), IsEmpty());
  EXPECT_EQ(libjail::testing::read_text(root / "tmp/stop"), "stop\n");
}

TEST_F(PidJail, persists_without_processes_and_ends_at_once) {
  configure("persist;");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].processes, 1U);
  EXPECT_THAT(in_web(kPs).out, HasSubstr("1 jail-init\n"));
  ASSERT_EQ(jails().size(), 1U) << "it outlives who entered it";
  configure("persist; stop.timeout = 3600;");
  const auto outcome = jail_with({"-r", "web"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(PidJail, nothing_left_in_it_is_its_end) {
  configure("exec.start = 'true';");
  const auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("web: has ended"));
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(PidJail, entered_process_keeps_it) {
  configure("exec.start = '(while [ ! -e /tmp/alone ]; do sleep 0.1; done; rm /tmp/alone) &';");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  Process inside(
      {kJexec, "web", "sh", "-c", "echo up; while [ ! -e /tmp/go ]; do sleep 0.1; done"});
  ASSERT_TRUE(inside.prints("up\n"));
  root.file("tmp/alone", "");
  ASSERT_TRUE(comes_true([this] { return !fs::exists(root / "tmp/alone"); }));
  // Process 1 has no child any more, but is not alone.
  ASSERT_TRUE(
      comes_true([] { return jails().at(0).processes == 3U || jails().at(0).processes == 2U; }));
  root.file("tmp/go", "");
  EXPECT_EQ(inside.finish().status, 0);
  EXPECT_TRUE(comes_true([] { return jails().empty(); }));
}

TEST_F(PidJail, failure_and_interrupt_leave_nothing) {
  configure("exec.start = 'sleep 1000 &', 'exit 3';");
  const auto failed = jail_with({"-c", "web"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("\"exit 3\" failed with status 3"));
  EXPECT_THAT(jails(), IsEmpty());
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    configure("exec.start = 'echo up; exec sleep 1000';");
    Process process({kJail, "-f", files / "jail.conf", "-c", "web"});
    ASSERT_TRUE(process.prints("up\n"));
    ::kill(process.pid(), signal);
    process.wait();
    if (signal == SIGKILL) run({kJail, "-q", "-R", "nosuch"});  // whoever comes next sweeps
    EXPECT_TRUE(comes_true([] { return jails().empty(); })) << signal;
  }
}

TEST_F(PidJail, killed_at_any_time_is_swept_by_the_next) {
  configure("persist; limit.pids = 99; exec.start = 'sleep 1000 &', 'true';");
  int cut = 0;
  for (int wait = 0; wait < 400; wait += 19) {
    Process process({kJail, "-f", files / "jail.conf", "-c", "web"});
    ::usleep(static_cast<useconds_t>(wait) * 1000);
    ::kill(process.pid(), SIGKILL);
    if (process.wait() != 0) ++cut;
    run({kJail, "-q", "-R", "nosuch"});  // whoever comes next
    if (!jails().empty()) {
      // It had come up, and is as any other one.
      EXPECT_EQ(run({kJail, "-r", "web"}).status, 0) << wait;
    }
    EXPECT_TRUE(comes_true([] { return jails().empty(); })) << wait;
    // A child of the killed one, which holds its locks, may have taken a moment to end.
    EXPECT_TRUE(comes_true([] {
      run({kJail, "-q", "-R", "nosuch"});
      return !fs::exists("/run/jail/records/web") && !fs::exists("/sys/fs/cgroup/jail/web");
    })) << wait;
  }
  EXPECT_GT(cut, 0);
}

TEST_F(PidJail, removal_by_force_ends_process_1) {
  configure("persist; exec.start = 'trap \"\" TERM; while :; do sleep 1; done &';");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_EQ(run({kJail, "-R", "web"}).status, 0);
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(PidJail, jexec_enters_no_jail_whose_process_1_is_not_known) {
  configure("persist;");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  const auto file = "/run/jail/init/" + std::to_string(jails().at(0).jid);
  const auto text = libjail::testing::read_text(file);
  const std::vector<std::string> wrongs{"1 " + text.substr(text.find(' ') + 1), ""};
  for (const auto& wrong : wrongs) {
    ::unlink(file.c_str());
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(::write(fd, wrong.data(), wrong.size()), static_cast<ssize_t>(wrong.size()));
    ::close(fd);
    const auto refused = in_web("echo in");
    EXPECT_EQ(refused.status, 125);
    EXPECT_THAT(refused.err, HasSubstr("PID and time namespace"))
        << "and not into that of the host's";
  }
  EXPECT_EQ(run({kJail, "-R", "web"}).status, 0);
}

// --- mapped IDs ----------------------------------------------------------------------------------

/// Roots on a tmpfs, whose mounts can be mapped.
class MappedJail : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    ASSERT_EQ(::mount("mapped", "/mnt", "tmpfs", 0, "mode=755"), 0);
    ASSERT_EQ(run({"/bin/busybox", "cp", "-a", root.path(), kRoot}).status, 0);
    ASSERT_EQ(run({"/bin/busybox", "chown", "-R", "100000:100000", kRoot}).status, 0);
    ASSERT_EQ(
        run({"/bin/busybox", "chown", "-h", "100007:100008", std::string(kRoot) + "/home"}).status,
        0);
  }
  void TearDown() override {
    EXPECT_EQ(::umount2("/mnt", 0), 0) << "something is in use";
    HostTest::TearDown();
  }
  static std::vector<std::string> mapped(const std::string& script,
                                         const std::string& map = "100000:0:65536") {
    // The doctor refuses a root directory of somebody else.
    std::vector<std::string> argv{kJail,  "-o", "allow.unsafe", kRoot, "default",
                                  "none", "sh", "-c",           script};
    if (!map.empty()) argv.insert(argv.begin() + 1, {"-o", "idmap=" + map});
    return argv;
  }
  static struct stat look(const std::string& name) {
    struct stat st {};
    EXPECT_EQ(::lstat((std::string(kRoot) + name).c_str(), &st), 0) << name;
    return st;
  }
  static constexpr const char* kRoot = "/mnt/root";
  static constexpr const char* kLook =
      "ls -lnd /busybox /home | while read m l u g r; do echo $u $g; done";
};

TEST_F(MappedJail, ids_of_the_disk_are_others_in_the_jail) {
  EXPECT_EQ(run(mapped(kLook, "")).out, "100000 100000\n100007 100008\n") << "the control";
  const auto outcome = run(mapped(kLook));
  EXPECT_EQ(outcome.out, "0 0\n7 8\n") << outcome.err;
  EXPECT_EQ(look("/busybox").st_uid, 100000U) << "the host sees what is on the disk";
}

TEST_F(MappedJail, root_of_the_jail_makes_no_set_user_id_file_of_the_hosts) {
  constexpr const char* kAttack = "cp /busybox /tmp/su && chmod 4755 /tmp/su && echo done";
  EXPECT_EQ(run(mapped(kAttack, "")).out, "done\n");
  EXPECT_EQ(look("/tmp/su").st_uid, 0U) << "the control: a file that makes anybody the host's root";
  EXPECT_EQ(look("/tmp/su").st_mode & 07777, 04755U);
  ::unlink("/mnt/root/tmp/su");
  EXPECT_EQ(run(mapped(kAttack)).out, "done\n");
  EXPECT_EQ(look("/tmp/su").st_uid, 100000U);
  EXPECT_EQ(look("/tmp/su").st_gid, 100000U);
}

TEST_F(MappedJail, id_that_is_in_no_range_can_own_nothing) {
  const auto outcome =
      run(mapped("ls -lnd /busybox | while read m l u r; do echo $u; done; "
                 "echo x >/tmp/file && echo made",
                 "200000:0:65536"));
  EXPECT_EQ(outcome.out, "65534\n") << outcome.err;
}

TEST_F(MappedJail, with_a_configuration_and_together_with_pid) {
  libjail::testing::TempDir files;
  files.file("jail.conf",
             std::string("web { path = ") + kRoot +
                 "; pid; persist; idmap = '100000:0:65536'; exec.start = 'echo hi >/tmp/hi'; }");
  ::chmod((files / "jail.conf").c_str(), 0644);
  const auto outcome = run({kJail, "-f", files / "jail.conf", "-c", "web"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(look("/tmp/hi").st_uid, 100000U);
  EXPECT_EQ(run({kJexec, "web", "sh", "-c", std::string("cat /proc/1/comm; ") + kLook}).out,
            "jail-init\n0 0\n7 8\n");
  EXPECT_EQ(run({"/usr/sbin/jaildoctor", "web"}).out, "web: safe\n");
  EXPECT_EQ(run({kJail, "-R", "web"}).status, 0);
  // Without the ranges the root directory belongs to somebody else.
  files.file("jail.conf", std::string("web { path = ") + kRoot + "; persist; }");
  ::chmod((files / "jail.conf").c_str(), 0644);
  EXPECT_THAT(run({kJail, "-f", files / "jail.conf", "-c", "web"}).err,
              HasSubstr("belongs to user 100000"));
}

TEST_F(MappedJail, its_root_directory_is_no_finding_while_it_runs) {
  for (const char* map : {"", "100000:0:65536"}) {
    auto argv = mapped("echo up; exec sleep 1000", map);
    argv.insert(argv.begin() + 1, {"-n", "web"});
    Process process(argv);
    ASSERT_TRUE(process.prints("up"));
    const bool is_root = *map != '\0';
    EXPECT_EQ(run({"/usr/sbin/jaildoctor", "web"}).out.find("path-owner") == std::string::npos,
              is_root);
    ::kill(process.pid(), SIGKILL);
    process.wait();
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  }
}

TEST_F(MappedJail, file_system_that_cannot_is_named) {
  const auto outcome = run(
      {kJail, "-o", "allow.unsafe", "-o", "idmap=100000:0:65536", "/sys", "default", "none", "sh"});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("map the IDs of /sys: Invalid argument (its file system"));
}

TEST_F(MappedJail, wrong_ranges_are_refused) {
  const auto outcome = run(mapped("echo in", "0:0"));
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("range of IDs \"0:0\" (give DISK:JAIL:COUNT"));
}

}  // namespace
}  // namespace guest
