// SPDX-License-Identifier: BSD-2-Clause
// jailtrace(8) and jailctl(8) stats see what jails do.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "lib/text.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kJailtrace = "/usr/sbin/jailtrace";
constexpr const char* kJailtop = "/usr/sbin/jailtop";
constexpr const char* kJailctl = "/usr/sbin/jailctl";
// What a wall refuses, in the order of the events.
constexpr const char* kMakeNode = "/busybox mknod /node c 1 3; ";
constexpr const char* kSignal = "kill -0 1; ";

/// How many programs a process has attached to events of the kernel.
long attached(pid_t pid) {
  std::error_code none;
  long count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", none)) {
    if (fs::read_symlink(entry.path(), none) == "anon_inode:bpf_link") ++count;
  }
  return count;
}

/// A jailtrace(8) that has started to look.
class Trace {
 public:
  /// @param events  how many kinds of events it looks for
  explicit Trace(std::vector<std::string> arguments, long events = 6) {
    arguments.insert(arguments.begin(), kJailtrace);
    process_ = std::make_unique<Process>(arguments);
    EXPECT_TRUE(comes_true([&] { return attached(process_->pid()) == events; }))
        << process_->finish().err;
  }
  [[nodiscard]] Process& process() { return *process_; }
  /// Its end by a signal.
  Outcome stop(int signal = SIGTERM) {
    ::kill(process_->pid(), signal);
    return process_->finish();
  }
  /// Likewise; its lines as JSON.
  std::vector<nlohmann::json> events() {
    const auto outcome = stop();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    std::vector<nlohmann::json> all;
    for (const auto line : libjail::split(outcome.out, '\n')) {
      if (!line.empty()) all.push_back(nlohmann::json::parse(line, nullptr, false));
    }
    return all;
  }

 private:
  std::unique_ptr<Process> process_;
};

std::vector<std::string> names_of(const std::vector<nlohmann::json>& events) {
  std::vector<std::string> names;
  for (const auto& event : events) names.push_back(event.value("event", "none"));
  return names;
}

class Monitor : public HostTest {
 protected:
  /// A jail from its start to its end.
  void live(const std::string& script, const std::string& name = "web") const {
    const auto outcome = run(jail(script + "exit 0", {"-n", name}, "default", kAddress));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_TRUE(comes_true([] { return jails().empty(); }));
  }
};

TEST_F(Monitor, life_of_a_jail) {
  Trace trace({"--json"});
  live(std::string(kMakeNode) + kSignal);
  EXPECT_TRUE(trace.process().prints("\"exit\""));
  const auto events = trace.events();
  ASSERT_THAT(names_of(events), ElementsAre("create", "attach", "deny", "deny", "exit"));
  for (const auto& event : events) {
    EXPECT_EQ(event["jail"], "web");
    EXPECT_EQ(event["jid"], events[0]["jid"]);
  }
  EXPECT_EQ(events[0]["address"], kAddress);
  EXPECT_THAT(events[0]["ceiling"], HasSubstr("chown,dac_override,"));
  EXPECT_EQ(events[0]["parent"], 0);
  EXPECT_EQ(events[1]["comm"], "jail");
  EXPECT_EQ(events[1]["uid"], 0);
  EXPECT_EQ(events[2]["comm"], "busybox");
  EXPECT_EQ(events[2]["reason"], "capability");
  EXPECT_EQ(events[2]["object"], "cap_mknod");
  EXPECT_EQ(events[2]["error"], "EPERM");
  EXPECT_NE(events[2]["wall"], "");
  EXPECT_EQ(events[3]["error"], "ESRCH");
  EXPECT_GE(events[4]["forks"], 2);
  EXPECT_EQ(events[4]["denied"], 2);
  EXPECT_GT(events[4]["lifetime"], 0.0);
}

TEST_F(Monitor, redirected_addresses) {
  Trace trace({"-e", "bind,connect"}, 2);
  live("/busybox timeout 1 /busybox nc -l -p 80 & /busybox nc 127.0.0.1 81; wait; ");
  const auto outcome = trace.stop();
  EXPECT_THAT(outcome.out,
              ContainsRegex(" web +bind +[0-9]+ busybox +0 0.0.0.0:80 -> 10.2.3.4:80\n"));
  EXPECT_THAT(outcome.out,
              ContainsRegex(" web +connect +[0-9]+ busybox +0 127.0.0.1:81 -> 10.2.3.4:81\n"));
}

TEST_F(Monitor, filters_by_name_of_a_later_jail_and_by_kind) {
  Trace all({"--json"});
  Trace web({"--json", "-j", "web"});
  Trace denied({"--json", "-e", "deny", "-j", "web"}, 1);
  Trace capabilities({"--json", "-r", "capability,tty"}, 1);
  live(std::string(kMakeNode) + kSignal, "web");
  live(kSignal, "web2");
  EXPECT_EQ(all.events().size(), 5U + 4U);
  EXPECT_THAT(names_of(web.events()), ElementsAre("create", "attach", "deny", "deny", "exit"));
  EXPECT_THAT(names_of(denied.events()), ElementsAre("deny", "deny"));
  const auto found = capabilities.events();
  ASSERT_THAT(names_of(found), ElementsAre("deny"));
  EXPECT_EQ(found[0]["reason"], "capability");
}

TEST_F(Monitor, filters_by_jail_id_and_process) {
  Process first(jail("echo up; while ! test -e /go; do sleep 1; done; " + std::string(kSignal),
                     {"-n", "first"}));
  Process second(jail("echo up; while ! test -e /go; do sleep 1; done; " + std::string(kSignal),
                      {"-n", "second"}));
  ASSERT_TRUE(first.prints("up") && second.prints("up"));
  const auto list = jails();
  const auto jid = std::ranges::find(list, "first", &libjail::ListedJail::name)->jid;
  Trace both({"--json", "-e", "deny"}, 1);
  Trace one({"--json", "-e", "deny", "-j", std::to_string(jid)}, 1);
  Trace other({"--json", "-e", "deny", "-p", std::to_string(second.pid())}, 1);
  const pid_t pid = second.pid();
  root.file("go", "");
  first.finish();
  second.finish();
  EXPECT_EQ(both.events().size(), 2U);
  const auto of_one = one.events();
  ASSERT_EQ(of_one.size(), 1U);
  EXPECT_EQ(of_one[0]["jail"], "first");
  const auto of_other = other.events();
  ASSERT_EQ(of_other.size(), 1U);
  EXPECT_EQ(of_other[0]["pid"], pid);
}

TEST_F(Monitor, each_event_once) {
  Trace trace({"--unique", "-e", "deny"}, 1);
  live("kill -0 1; kill -0 1; kill -0 1; kill -0 2; ");
  const auto outcome = trace.stop();
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 3) << outcome.out;
}

TEST_F(Monitor, hostile_names_move_no_terminal) {
  const std::string program = "a b\x1b[2J\n\xff";
  fs::copy_file("/bin/busybox", root / program);
  Trace text({"-e", "deny"}, 1);
  Trace json({"--json", "-e", "deny"}, 1);
  // busybox is what it is called, so it is told what to be.
  live("/busybox sh -c 'exec -a mknod \"/a b\"* /node c 1 3'; ");
  const auto shown = text.stop().out;
  EXPECT_THAT(shown, HasSubstr(R"( a\040b\033[2J\012\377 )"));
  EXPECT_EQ(std::ranges::count(shown, '\n'), 2);
  const auto events = json.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_THAT(events[0]["comm"], StartsWith("a b\x1b[2J\n"));
}

TEST_F(Monitor, ends_by_itself) {
  Trace counted({"-n", "2"});
  Trace timed({"-t", "1"});
  live("");
  const auto outcome = counted.process().finish();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 3);
  EXPECT_EQ(timed.process().finish().status, 0);
  EXPECT_EQ(Trace({}).stop(SIGINT).status, 0);
}

TEST_F(Monitor, ends_with_who_reads) {
  const auto outcome = run({"/bin/sh", "-c", "/usr/sbin/jailtrace | head -n 1; echo over"});
  EXPECT_THAT(outcome.out, ContainsRegex("^TIME .* DETAIL\nover\n$"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Monitor, lost_events_are_told) {
  Trace trace({"-e", "deny"}, 1);
  ::kill(trace.process().pid(), SIGSTOP);
  live("i=0; while [ $i -lt 4500 ]; do kill -0 1; i=$((i + 1)); done 2>/dev/null; ");
  ::kill(trace.process().pid(), SIGCONT);
  const auto outcome = trace.stop();
  const auto printed = static_cast<std::size_t>(std::ranges::count(outcome.out, '\n') - 1);
  EXPECT_GT(printed, 1000U);
  EXPECT_THAT(outcome.err,
              StartsWith("jailtrace: " + std::to_string(4500 - printed) + " events lost: "))
      << "none is forgotten";
}

TEST_F(Monitor, needs_privilege) {
  const auto outcome = run({kJailtrace}, [] {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  });
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("Operation not permitted (run as root"));
}

TEST_F(Monitor, stats_count_what_happened) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}, "default", kAddress));
  ASSERT_TRUE(first.prints("up"));
  const auto value = [](const std::string& name) -> std::optional<long> {
    const auto text = run({kJailctl, "stats"}).out;
    const std::string key = "\n" + name + "{jail=\"web\"} ";
    const auto at = text.find(key);
    if (at == std::string::npos) return {};
    return std::strtol(text.c_str() + at + key.size(), nullptr, 10);
  };
  EXPECT_EQ(value("jail_denials_total"), 0);
  const auto forks = value("jail_forks_total");
  EXPECT_GE(forks, 1);
  EXPECT_EQ(value("jail_processes"), 1);
  EXPECT_GT(value("jail_start_time_seconds"), 1'600'000'000);
  ASSERT_EQ(
      run({"/usr/sbin/jexec", "web", "sh", "-c", "kill -0 1; kill -0 1; kill -0 1; exit 0"}).status,
      0);
  EXPECT_EQ(value("jail_denials_total"), 3);
  EXPECT_GT(value("jail_forks_total"), forks);
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

/// A jail that uses the processor, starts programs and is refused something, all the time.
constexpr const char* kBusy = "echo up; while :; do kill -0 1; /busybox true; done 2>/dev/null";

/// A jail(8) that made a jail of a configuration, with a control group.
class Top : public Monitor {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    root.file("jail.conf", "path = " + root.path() +
                               "; exec.clean; persist;\n"
                               "web { ip4.addr = " +
                               kAddress +
                               "; limit.memory = 64M; }\n"
                               "db { }\n");
    const auto made = run({kJail, "-q", "-f", root / "jail.conf", "-c", "*"});
    ASSERT_EQ(made.status, 0) << made.err;
    busy_ = std::make_unique<Process>(
        std::vector<std::string>{"/usr/sbin/jexec", "web", "sh", "-c", kBusy});
    ASSERT_TRUE(busy_->prints("up"));
  }
  void TearDown() override {
    busy_.reset();
    EXPECT_EQ(run({kJail, "-q", "-f", root / "jail.conf", "-r", "*"}).status, 0);
    HostTest::TearDown();
  }

 private:
  std::unique_ptr<Process> busy_;
};

TEST_F(Top, batch) {
  const auto outcome = run({kJailtop, "-b", "-n", "2", "-d", "0.5", "-s", "DENY/s"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, ContainsRegex("^  JID NAME         IP             PIDS  CPU%    MEM "
                                         "MEM.MAX   IO/s DENY/s EXEC/s   UPTIME STATE\n"
                                         " +[0-9]+ web +10.2.3.4 .*[KM] +64M .* active\n"
                                         " +[0-9]+ db +- .* max .* 0.0 +0.0 .* active\n"
                                         "\n  JID NAME"));
}

TEST_F(Top, json) {
  const auto outcome = run({kJailtop, "--json", "-n", "1", "-d", "1", "-s", "EXEC/s", "-f", "e"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto jails = nlohmann::json::parse(outcome.out, nullptr, false)["jails"];
  ASSERT_EQ(jails.size(), 2U) << "an e is in active";
  const auto& web = jails[0];
  EXPECT_EQ(web["name"], "web");
  EXPECT_GT(web["cpu_percent"], 0);
  EXPECT_GT(web["memory"], 0);
  EXPECT_EQ(web["memory_max"], 64 << 20);
  EXPECT_GT(web["denied_per_second"], 0);
  EXPECT_GT(web["execs_per_second"], 0);
  EXPECT_GT(web["uptime"], 0);
  EXPECT_EQ(jails[1]["denied_per_second"], 0) << "the other one is at rest";
  EXPECT_EQ(jails[1]["execs_per_second"], 0);
}

TEST_F(Top, without_privilege_nothing_is_counted) {
  const auto outcome = run({kJailtop, "--json", "-n", "1", "-d", "0.1"}, [] {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  });
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, StartsWith("jailtop: without DENY/s and EXEC/s: attach to the kernel's "
                                      "events: Operation not permitted"));
  const auto web = nlohmann::json::parse(outcome.out, nullptr, false)["jails"][0];
  EXPECT_EQ(web["denied_per_second"], nullptr);
  EXPECT_GT(web["memory"], 0) << "that stands in a file";
}

TEST_F(Top, needs_a_terminal) {
  const auto outcome = run({kJailtop});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("-b prints without one"));
}

/// A user at a terminal of tmux(1).
class TopOnScreen : public Top {
 protected:
  void SetUp() override {
    Top::SetUp();
    if (HasFatalFailure()) return;
    const auto made = tmux({"-f", "/dev/null", "new-session", "-d", "-x", "110", "-y", "10",
                            "trap : INT; TERM=screen " + std::string(kJailtop) +
                                " -d 0.5; echo status $?; exec sleep 1000"});
    ASSERT_EQ(made.status, 0) << made.err;
  }
  void TearDown() override {
    tmux({"kill-server"});
    Top::TearDown();
  }

  static Outcome tmux(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/tmux", "-u"});
    return run(words, [] {
      ::setenv("LC_ALL", "C.UTF-8", 1);
      ::setenv("TERM", "screen", 1);
    });
  }
  static void type(const std::string& key) { EXPECT_EQ(tmux({"send-keys", key}).status, 0); }
  static std::string screen() { return tmux({"capture-pane", "-p"}).out; }
  /// Waits until the whole screen is like that.
  static void shows(const std::string& regex) {
    std::string last;
    EXPECT_TRUE(comes_true([&] {
      last = screen();
      return ::testing::Matches(ContainsRegex(regex))(last);
    })) << regex
        << "\nbut:\n"
        << last;
  }
};

TEST_F(TopOnScreen, jails_processes_filter_and_back) {
  shows(
      "^2 jails, [0-9]+ process.*; by CPU%\n  JID NAME .* STATE\n"
      " +[0-9]+ web .* 64M .* [1-9][0-9.]* +[0-9.]* 00:.*\n +[0-9]+ db .* max .*\n\n");
  shows("\nEnter processes  / filter .* q quit\n");
  type("Enter");
  shows("^jail web: 2 jails, .*\n +PID +PPID +UID STATE .* COMMAND\n(.*\n)* .* sh -c echo up");
  type("Escape");
  shows("\n +[0-9]+ db ");
  type("/");
  type("d");
  type("b");
  shows("STATE\n +[0-9]+ db .*\n\n(.*\n)*/db_");
  type("Enter");
  type("Enter");
  shows("^jail db: ");
  type("Escape");
  type("Escape");
  shows(" web ");
  type(">");
  shows("; by MEM\n");
  type("<");
  type("r");
  shows("; by CPU%, reversed\n.*\n +[0-9]+ db .*\n +[0-9]+ web ");
  type("q");
  shows("^status 0\n");
}

TEST_F(TopOnScreen, follows_the_size_of_the_window) {
  shows("\n +[0-9]+ db ");
  EXPECT_EQ(tmux({"resize-window", "-x", "60", "-y", "5"}).status, 0);
  shows("^2 jails.*\n.*CPU%.*\n(.*\n)(.*\n)Enter processes.*\n$");
}

TEST_F(TopOnScreen, ends_by_a_signal) {
  shows(" web ");
  type("C-c");
  shows("^status 0\n");
}

}  // namespace
}  // namespace guest
