// SPDX-License-Identifier: BSD-2-Clause
// jail -c, -m, -r and -R with configurations: what is done, in which order, and that nothing of it
// is left when it fails or is killed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kAlias = "dummy0|10.9.8.7/24";
constexpr const char* kJexec = "/usr/sbin/jexec";
constexpr const char* kAliasIp = "10.9.8.7";

class Lifecycle : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    root.folder("data");
  }

  void TearDown() override {
    run({kJail, "-q", "-R", "*"});
    EXPECT_TRUE(comes_true([] { return records().empty(); })) << "a record is left";
    EXPECT_FALSE(host_has(kAliasIp)) << "an address is left";
    EXPECT_FALSE(std::filesystem::exists("/sys/fs/cgroup/jail/web")) << "a control group is left";
    // A dead one is there until the first process of the guest has waited for it.
    EXPECT_TRUE(comes_true([] { return keepers().empty(); })) << "a keeper is left";
    HostTest::TearDown();
  }

  /// Each hook writes its name into the log.
  static std::string hook(const std::string& name, const std::string& more = "") {
    return name + " = 'echo " + name + " >>" + kLog + more + "';\n";
  }
  [[nodiscard]] static std::string hooks() {
    std::string text;
    for (const char* name : {"exec.prepare", "exec.prestart", "exec.created", "exec.poststart",
                             "exec.prestop", "exec.poststop", "exec.release"}) {
      text += hook(name);
    }
    // The log is not in the jail: what is inside shows in its own.
    return text +
           "exec.start = 'echo start $JID $JNAME >/data/log', 'sleep 1000 &';\n"
           "exec.stop = 'echo stop >>/data/log';\nstop.timeout = 1;\n";
  }

  void configure(const std::string& text) const {
    files.file("jail.conf", "path = " + root.path() + ";\n" + text);
    ::chmod((files / "jail.conf").c_str(), 0644);
  }
  /// jail OPTIONS -f FILE OPERANDS
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> operands) const {
    operands.insert(operands.begin(), {kJail, "-f", files / "jail.conf"});
    return operands;
  }
  [[nodiscard]] Outcome jail_with(std::vector<std::string> operands) const {
    return run(command(std::move(operands)));
  }

  [[nodiscard]] static std::string log() {
    std::string text = libjail::testing::read_text(kLog);
    std::ranges::replace(text, '\n', ' ');
    return text;
  }
  [[nodiscard]] std::string inner_log() const {
    return libjail::testing::read_text(root / "data/log");
  }

  [[nodiscard]] static std::vector<std::string> records() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/run/jail/records", none)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  /// Of a process, which may end meanwhile.
  [[nodiscard]] static std::string name_of(const std::string& folder) {
    std::array<char, 32> text{};
    const libjail::UniqueFd file(::open((folder + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    return {text.data(), got < 0 ? 0 : static_cast<std::size_t>(got)};
  }

  [[nodiscard]] static std::vector<pid_t> keepers() {
    std::vector<pid_t> pids;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      if (name_of(entry.path()) == "jail-keeper\n") {
        pids.push_back(std::stoi(name));
      }
    }
    return pids;
  }

  static constexpr const char* kLog = "/tmp/lifecycle.log";
  libjail::testing::TempDir files;

 private:
  struct LogFile {
    LogFile() { ::unlink(kLog); }
  } log_file_;
};

TEST_F(Lifecycle, order_of_the_steps) {
  configure("web {\n" + hooks() + "ip4.addr = '" + kAlias + "';\n}\n");
  auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "web: created\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(log(), "exec.prepare exec.prestart exec.created exec.poststart ");
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].name, "web");
  EXPECT_EQ(jails()[0].address, kAliasIp);
  EXPECT_TRUE(host_has(kAliasIp));
  EXPECT_EQ(inner_log(), "start " + std::to_string(jails()[0].jid) + " web\n");
  EXPECT_EQ(keepers().size(), 1U);

  outcome = jail_with({"-r", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "web: removed\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(log(), HasSubstr("exec.poststart exec.prestop exec.poststop exec.release "));
  EXPECT_THAT(inner_log(), HasSubstr("stop\n"));
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, failure_of_each_step_undoes_those_before) {
  struct Case {
    const char* parameter;
    const char* log;  ///< of what ran
  };
  for (const auto& [parameter, expected] :
       {Case{"exec.prepare", "exec.prepare exec.release "},
        Case{"exec.prestart", "exec.prepare exec.prestart exec.poststop exec.release "},
        Case{"exec.created", "exec.prepare exec.prestart exec.created exec.poststop exec.release "},
        Case{"exec.poststart",
             "exec.prepare exec.prestart exec.created exec.poststart exec.poststop "
             "exec.release "}}) {
    ::unlink(kLog);
    configure("web {\n" + hooks() + "ip4.addr = '" + kAlias + "';\n" + hook(parameter, "; exit 3") +
              "}\n");
    const auto outcome = jail_with({"-c", "web"});
    EXPECT_EQ(outcome.status, 1) << parameter;
    EXPECT_EQ(outcome.out, "") << parameter;
    EXPECT_THAT(outcome.err, HasSubstr(std::string("jail: web: ") + parameter + ": "));
    EXPECT_THAT(outcome.err, HasSubstr("failed with status 3"));
    EXPECT_EQ(log(), expected) << parameter;
    EXPECT_THAT(jails(), IsEmpty()) << parameter;
    EXPECT_THAT(records(), IsEmpty()) << parameter;
    EXPECT_FALSE(host_has(kAliasIp)) << parameter;
  }
}

TEST_F(Lifecycle, failures_of_what_is_no_hook) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const auto& [text, message] :
       {Case{"exec.start = 'exit 3';", "web: exec.start: \"exit 3\" failed with status 3"},
        Case{"persist; mount = \"/nowhere $path/data nullfs\";", "web: create: mount /nowhere on "},
        Case{"persist; mount = \"tmpfs $path/none tmpfs\";", "none: No such file or directory"},
        Case{"persist; mount = \"tmpfs $path/data nosuchfs\";", "file system nosuchfs: "},
        Case{"persist; mount = \"tmpfs $path/data tmpfs nosuchoption\";", "option nosuchoption: "},
        Case{"persist; ip4.addr = 192.0.2.99;",
             "web: create: address 192.0.2.99 is on no interface"},
        Case{"persist; ip4.addr = 'nosuch0|192.0.2.99/24';", "web: network: "},
        Case{"persist; exec.prestart = 'sleep 100'; exec.timeout = 1;",
             "web: exec.prestart: \"sleep 100\": timed out after 1 s"},
        Case{"exec.start = 'sleep 100'; exec.timeout = 1;",
             "web: exec.start: \"sleep 100\": timed out after 1 s"},
        Case{"persist; exec.start = 'true'; exec.jail_user = eve;", "user \"eve\" is not in"},
        Case{"host.hostname = x;", "web: nothing would keep it alive"}}) {
    configure(std::string("web {\n") + text + "\n}\n");
    const auto outcome = jail_with({"-c", "web"});
    EXPECT_EQ(outcome.status, 1) << text;
    EXPECT_EQ(outcome.out, "") << text;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << text;
    EXPECT_THAT(jails(), IsEmpty()) << text;
    EXPECT_THAT(records(), IsEmpty()) << text;
  }
}

TEST_F(Lifecycle, interrupt_is_a_failure) {
  for (const int signal : {SIGINT, SIGTERM}) {
    ::unlink(kLog);
    configure("web {\n" + hooks() + "ip4.addr = '" + kAlias +
              "';\nexec.start = 'echo up; sleep 1000';\n}\n");
    Process process(command({"-c", "web"}));
    ASSERT_TRUE(process.prints("up\n"));
    ::kill(process.pid(), signal);
    const auto outcome = process.finish();
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("\"echo up; sleep 1000\": interrupted"));
    EXPECT_THAT(log(), HasSubstr("exec.created exec.poststop exec.release"));
    EXPECT_THAT(jails(), IsEmpty());
    EXPECT_THAT(records(), IsEmpty());
    EXPECT_FALSE(host_has(kAliasIp));
  }
}

/// A command that says that it has come, and waits for those of the other jails.
std::string meets(const std::string& folder, const std::vector<std::string>& jails) {
  std::string all = "true";
  for (const auto& jail : jails) all += " && [ -e " + folder + "/" + jail + " ]";
  return "'touch " + folder + "/$JNAME; until " + all + "; do sleep 0.02; done'";
}

TEST_F(Lifecycle, several_at_a_time) {
  const auto text = [this](const std::string& hook, int seconds) {
    return "persist; exec.timeout = " + std::to_string(seconds) + ";\n" + hook + " = " +
           meets(files.path(), {"web", "db", "mail"}) + "; web {} db {} mail {}\n";
  };
  const auto forget = [this] {
    run({kJail, "-q", "-R", "*"});
    for (const char* file : {"web", "db", "mail"}) ::unlink((files / file).c_str());
  };
  for (const auto& less : {std::vector<std::string>{"-c"}, {"-p", "2", "-c"}}) {
    configure(text("exec.prestart", 1));
    const auto outcome = jail_with(less);
    EXPECT_EQ(outcome.status, 1) << "they cannot all meet";
    EXPECT_THAT(outcome.err, HasSubstr("timed out"));
    forget();
  }
  configure(text("exec.prestart", 60));
  auto outcome = jail_with({"-p", "3", "-c"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("db: created\n"));
  EXPECT_EQ(jails().size(), 3U);
  EXPECT_EQ(keepers().size(), 3U);
  forget();

  configure(text("exec.prestop", 60));
  EXPECT_EQ(jail_with({"-p", "3", "-c"}).status, 0);
  outcome = jail_with({"-p", "3", "-r", "*"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("db: removed\n"));
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, order_of_several_at_a_time) {
  configure("persist; app { depend = web; } db {} web { depend = db; }\n");
  EXPECT_EQ(jail_with({"-p", "9", "-c"}).out, "db: created\nweb: created\napp: created\n");
  EXPECT_EQ(jail_with({"-p", "9", "-rc", "db"}).out,
            "app: removed\nweb: removed\ndb: removed\n"
            "db: created\nweb: created\napp: created\n");
  EXPECT_EQ(jail_with({"-p", "9", "-r", "db"}).out, "app: removed\nweb: removed\ndb: removed\n");
}

TEST_F(Lifecycle, failures_of_several_at_a_time) {
  configure(
      "persist; bad { exec.prestart = 'exit 3'; } good {} needs { depend = bad; }\n"
      "killed { exec.prestart = 'kill -KILL $PPID'; }\n");
  const auto outcome = jail_with({"-p", "4", "-c"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "good: created\n");
  EXPECT_THAT(outcome.err, HasSubstr("jail: needs: depends on \"bad\", which is not there"));
  EXPECT_THAT(outcome.err, HasSubstr("jail: killed: the process at work on it was ended by signal "
                                     "9"));
  EXPECT_EQ(jails().size(), 1U);
}

TEST_F(Lifecycle, interrupt_ends_all_at_a_time) {
  configure("persist; a { exec.prestart = 'echo up; sleep 1000'; " + hook("exec.poststop") +
            "}\nb { exec.prestart = 'echo up; sleep 1000'; }\nc {}\n");
  Process process(command({"-p", "2", "-c"}));
  ASSERT_TRUE(process.prints("up\nup\n"));
  ::kill(process.pid(), SIGTERM);
  const auto outcome = process.finish();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("jail: interrupted\n"));
  EXPECT_EQ(log(), "exec.poststop ");
  EXPECT_THAT(jails(), IsEmpty());
  EXPECT_THAT(records(), IsEmpty());
}

TEST_F(Lifecycle, killed_at_the_start_is_swept_by_the_next) {
  configure("web {\n" + hooks() + "ip4.addr = '" + kAlias +
            "';\nexec.start = 'echo up; sleep 1000';\n}\n");
  Process process(command({"-c", "web"}));
  ASSERT_TRUE(process.prints("up\n"));
  ::kill(process.pid(), SIGKILL);
  process.wait();
  EXPECT_EQ(records().size(), 1U);
  EXPECT_EQ(jails().size(), 1U);
  EXPECT_TRUE(host_has(kAliasIp));
  EXPECT_EQ(jail_with({"-r", "other"}).status, 1);  // any of them
  EXPECT_THAT(jails(), IsEmpty());
  EXPECT_THAT(records(), IsEmpty());
  EXPECT_FALSE(host_has(kAliasIp));
  EXPECT_THAT(log(), HasSubstr("exec.created exec.poststop exec.release"));
}

TEST_F(Lifecycle, killed_at_the_end_is_swept_by_the_next) {
  configure("web {\n" + hooks() + "exec.prestop = 'echo up; sleep 1000';\n}\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  Process process(command({"-r", "web"}));
  ASSERT_TRUE(process.prints("up\n"));
  ::kill(process.pid(), SIGKILL);
  process.wait();
  EXPECT_EQ(jail_with({"-r", "web"}).out, "web: removed\n");
  EXPECT_THAT(jails(), IsEmpty());
  EXPECT_THAT(records(), IsEmpty());
  EXPECT_THAT(log(), HasSubstr("exec.poststop exec.release"));
}

TEST_F(Lifecycle, signals_at_any_time_leave_nothing) {
  configure(
      "web { vlan = dummy0.9; ip4.addr = 'dummy0.9|10.9.8.7/24'; limit.pids = 50;\n"
      "exec.prepare = true; exec.start = 'sleep 1000 &'; stop.timeout = 1;\n"
      "mount = 'tmpfs " +
      (root / "data") + " tmpfs rw'; }\n");
  const auto left = [] {
    std::string what;
    for (const auto& jail : jails()) what += jail.dying ? "a dying jail, " : "a jail, ";
    if (!records().empty()) what += "a record, ";
    if (host_has(kAliasIp)) what += "an address, ";
    if (std::filesystem::exists("/sys/class/net/dummy0.9")) what += "an interface, ";
    if (std::filesystem::exists("/sys/fs/cgroup/jail/web")) what += "a control group";
    return what;
  };
  constexpr int kLongest = 240;
  constexpr int kStep = 23;
  constexpr int kSignalled = 128;
  int cut = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGKILL}) {
    const auto signalled = [&](const char* option, int wait) {
      Process process(command({option, "web"}));
      ::usleep(static_cast<useconds_t>(wait) * 1000);
      ::kill(process.pid(), signal);
      return process.finish().status;
    };
    for (int wait = 0; wait < kLongest; wait += kStep) {
      int status = signalled("-c", wait);
      if (status != 0) ++cut;
      // A removal that had not begun to catch signals ends by one, with nothing done.
      if (status == 0) status = signalled("-r", wait) < kSignalled ? 0 : kSignalled;
      const bool may_leave = signal == SIGKILL || status == kSignalled;
      const auto rest = left();
      EXPECT_TRUE(may_leave || rest.empty()) << rest << ": " << signal << " after " << wait;
      run({kJail, "-q", "-R", "web"});  // whoever comes next
      EXPECT_TRUE(comes_true([&left] { return left().empty(); })) << signal << " after " << wait;
    }
  }
  EXPECT_GT(cut, 4);
}

TEST_F(Lifecycle, killed_keeper) {
  // A jail without a process ends with it.
  configure("web { persist; ip4.addr = '" + std::string(kAlias) + "'; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  ASSERT_EQ(keepers().size(), 1U);
  ::kill(keepers()[0], SIGKILL);
  EXPECT_TRUE(comes_true([] { return jails().empty() && keepers().empty(); }));
  EXPECT_EQ(jail_with({"-r", "other"}).status, 1);
  EXPECT_THAT(records(), IsEmpty());
  EXPECT_FALSE(host_has(kAliasIp));

  // One with processes goes on, and can be removed as ever.
  configure("web {\n" + hooks() + "ip4.addr = '" + kAlias + "';\n}\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  ASSERT_EQ(keepers().size(), 1U);
  ::kill(keepers()[0], SIGKILL);
  EXPECT_EQ(jail_with({"-c", "*"}).status, 0);
  EXPECT_EQ(jails().size(), 1U);
  EXPECT_EQ(jail_with({"-r", "web"}).out, "web: removed\n");
  EXPECT_THAT(log(), HasSubstr("exec.prestop exec.poststop exec.release"));
}

TEST_F(Lifecycle, jail_that_ends_by_itself) {
  configure("web { exec.start = 'sleep 1 &'; ip4.addr = '" + std::string(kAlias) + "'; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_TRUE(comes_true([] { return jails().empty() && records().empty(); }));
  EXPECT_TRUE(comes_true([] { return keepers().empty(); }));
  EXPECT_FALSE(host_has(kAliasIp));

  configure("web { exec.start = 'true'; }\n");
  const auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("web: has ended, as exec.start left no process in it"));
  EXPECT_THAT(records(), IsEmpty());
}

TEST_F(Lifecycle, cleaning_up_after_a_jail_that_ended_by_itself) {
  configure("web { exec.start = 'sleep 1000 &'; " + hook("exec.poststop") + hook("exec.release") +
            "}\ndb { depend = web; persist; " + hook("exec.release", "; exit 3") + "}\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  auto outcome = jail_with({"-C", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "jail: web: is running (jail -r stops it)\n");
  ASSERT_EQ(jails().size(), 1U);
  run({kJexec, "web", "sh", "-c", "kill -KILL -1"});
  EXPECT_TRUE(comes_true([] { return jails().empty() && records().empty(); }));
  EXPECT_EQ(log(), "") << "nobody ran them";

  outcome = jail_with({"-C", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "web: cleaned up\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(log(), "exec.poststop exec.release ");
  EXPECT_THAT(records(), IsEmpty());

  outcome = jail_with({"-C", "db"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("jail: db: exec.release: "));
  EXPECT_EQ(log(), "exec.poststop exec.release exec.release ") << "not for what it depends on";
  ASSERT_EQ(jail_with({"-c", "db"}).status, 0);
  outcome = jail_with({"-C"});
  EXPECT_EQ(outcome.out, "") << "those that run are passed over";
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(jail_with({"-C", "nosuch"}).err, HasSubstr("is not in the configuration"));
}

TEST_F(Lifecycle, persist) {
  configure("web { persist; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].processes, 0U);
  EXPECT_EQ(run({"/usr/sbin/jexec", "web", "echo", "inside"}).out, "inside\n");
  EXPECT_EQ(jails().size(), 1U) << "it was empty in between";
  EXPECT_EQ(jail_with({"-r", "web"}).status, 0);
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, depend) {
  configure(
      "app { depend = db; exec.start = 'sleep 1000 &'; stop.timeout = 1; }\n"
      "db { persist; }\nother { persist; }\n");
  EXPECT_EQ(jail_with({"-c", "app"}).out, "db: created\napp: created\n");
  EXPECT_EQ(jail_with({"-c"}).out, "other: created\n") << "the rest";
  EXPECT_EQ(jail_with({"-r", "db"}).out, "app: removed\ndb: removed\n");
  EXPECT_EQ(jails().size(), 1U);
  EXPECT_EQ(jail_with({"-r", "*"}).out, "other: removed\n");

  configure("app { depend = db; persist; }\ndb { persist; exec.prestart = false; }\n");
  const auto outcome = jail_with({"-c", "app"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("app: depends on \"db\", which is not there"));
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, names) {
  configure("web { persist; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("jail: web: already exists"));
  EXPECT_EQ(jails().size(), 1U);
  const std::string jid = std::to_string(jails()[0].jid);
  EXPECT_EQ(jail_with({"-m", jid}).out, "web: updated\n");
  EXPECT_EQ(jail_with({"-r", jid}).out, "web: removed\n");
  EXPECT_THAT(jail_with({"-m", jid}).err, HasSubstr("no jail with a name has the ID " + jid));

  outcome = jail_with({"-r", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("jail \"web\" not found"));
  EXPECT_EQ(jail_with({"-c", "nosuch"}).status, 1);
  for (const char* name : {"..", ".", "../../etc", "a b", "5", ""}) {
    for (const char* option : {"-c", "-r", "-R"}) {
      EXPECT_EQ(jail_with({option, name}).status, 1) << name;
    }
  }
  EXPECT_EQ(run({kJail, "-c", "name=..", "path=" + root.path(), "persist"}).status, 1);
  EXPECT_EQ(run({kJail, "-c", "name=.x", "path=" + root.path(), "persist"}).status, 1);
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, jails_without_a_name) {
  const std::vector<std::string> unnamed = {kJail, "-c", "path=" + root.path(), "persist"};
  EXPECT_EQ(run(unnamed).out, "jail1: created\n");
  EXPECT_EQ(run(unnamed).out, "jail2: created\n");
  EXPECT_EQ(run({kJail, "-r", "jail1"}).status, 0);
  EXPECT_EQ(run(unnamed).out, "jail1: created\n");
  const auto all = run({kJail, "-c", "name=*", "path=" + root.path(), "persist"});
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.err, HasSubstr("name \"*\" stands for several jails"));
  EXPECT_EQ(jails().size(), 2U);
}

TEST_F(Lifecycle, text_of_a_jail_does_not_reach_the_terminal) {
  root.file("etc/passwd", "root:x:0:0:root:/:/bin/\x1b]0;owned\a\n");
  configure("web { persist; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  const auto outcome = run({kJexec, "-l", "web"});
  EXPECT_EQ(outcome.status, 127);
  EXPECT_THAT(outcome.err, HasSubstr("/bin/\\033]0;owned\\007"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
}

TEST_F(Lifecycle, runs_out_of_descriptors_at_each_step) {
  configure(
      "web { exec.start = 'sleep 1000 &'; stop.timeout = 1; limit.pids = 20;\n"
      "ip4.addr = '" +
      std::string(kAlias) + "'; }\n");
  int failed = 0;
  int started = 0;
  for (rlim_t most = 4; most <= 32; most += 2) {
    const auto few = [most] {
      const rlimit limit{.rlim_cur = most, .rlim_max = most};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    };
    const auto outcome = run(command({"-c", "web"}), few);
    ++(outcome.status == 0 ? started : failed);
    EXPECT_EQ(outcome.status == 0, jails().size() == 1U) << most << ": " << outcome.err;
#ifndef __SANITIZE_ADDRESS__  // which needs descriptors of its own, and says other things without
    EXPECT_EQ(outcome.status != 0, outcome.err.contains("Too many open files")) << outcome.err;
#endif
    // What could not be undone either is swept.
    run({kJail, "-q", "-R", "web"});
    EXPECT_THAT(records(), IsEmpty()) << most;
    EXPECT_FALSE(host_has(kAliasIp)) << most;
  }
  EXPECT_GT(failed, 3);
  EXPECT_GT(started, 0);
}

TEST_F(Lifecycle, output_that_nobody_takes) {
  configure("web { persist; }\n");
  for (const char* output : {"| true", ">/dev/full", ">&-"}) {
    const std::string shell = "jail -f " + (files / "jail.conf") + " -c web " + output;
    EXPECT_EQ(run({"/bin/busybox", "sh", "-c", "PATH=/usr/sbin:/bin; " + shell}).status, 0)
        << output;
    EXPECT_EQ(jails().size(), 1U) << output;
    EXPECT_EQ(jail_with({"-r", "web"}).status, 0) << output;
  }
}

TEST_F(Lifecycle, many_at_work_on_one_jail) {
  configure("web { exec.start = 'sleep 1000 &'; stop.timeout = 1; ip4.addr = '" +
            std::string(kAlias) + "'; limit.pids = 20; }\n");
  std::vector<std::unique_ptr<Process>> all;
  for (int i = 0; i < 4; ++i) {
    for (const char* option : {"-c", "-r", "-R", "-cm"}) {
      all.push_back(std::make_unique<Process>(command({option, "web"})));
    }
  }
  for (auto& one : all) {
    const auto outcome = one->finish();
    EXPECT_TRUE(outcome.status == 0 || outcome.status == 1) << outcome.status << outcome.err;
    EXPECT_TRUE(outcome.status == 0 || !outcome.err.empty());
  }
  EXPECT_EQ(jail_with({"-cm", "web"}).status, 0) << "it is as good as ever";
  EXPECT_EQ(run({kJexec, "web", "true"}).status, 0);
  EXPECT_EQ(jail_with({"-r", "web"}).status, 0);
}

TEST_F(Lifecycle, mistakes_of_the_file) {
  configure("web { persist }\n");
  EXPECT_THAT(jail_with({"-c", "web"}).err, HasSubstr("jail.conf:2:15: expected ';' before '}'"));
  configure("web { persist; exec.strat = x; }\n");
  EXPECT_THAT(jail_with({"-c", "web"}).err, HasSubstr("unknown parameter \"exec.strat\""));
  configure("web { persist; ip6.addr = ::2; }\n");
  const auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("ip6.addr is not available yet"));
}

TEST_F(Lifecycle, jail_on_the_command_line) {
  auto outcome = run({kJail, "-c", "name=web", "path=" + root.path(), "command=/bin/sh", "-c",
                      "echo hello; hostname"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "hello\nweb\nweb: created\n");
  EXPECT_THAT(jails(), IsEmpty());
  outcome = run({kJail, "-c", "name=web", "path=" + root.path(), "command=/bin/false"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("web: command: \"/bin/false\" failed with status 1"));
  outcome = run({kJail, "-c", "name=web", "path=" + root.path(), "command=/bin/sh", "-c",
                 "kill -PIPE $$; echo ignored"});
  EXPECT_THAT(outcome.err, HasSubstr("failed with status 141")) << outcome.out;
  outcome =
      run({kJail, "-i", "-J", files / "jid", "-n", "web", "-c", "path=" + root.path(), "persist"});
  EXPECT_EQ(outcome.out, std::to_string(jails().at(0).jid) + "\n");
  EXPECT_THAT(libjail::testing::read_text(files / "jid"),
              HasSubstr("jid=" + std::to_string(jails().at(0).jid) + " name=web"));
  EXPECT_EQ(run({kJail, "-q", "-R", "web"}).out, "");
}

TEST_F(Lifecycle, hooks_make_and_remove_the_interface_that_moves) {
  const std::string text =
      "web { persist; vnet; vnet.interface = made0; exec.prestart = 'ip link add made0 type "
      "dummy'; "
      "exec.poststop = 'ip link del made0'; ";
  const auto on_host = [] { return std::filesystem::exists("/sys/class/net/made0"); };
  configure(text + "}\n");
  auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_FALSE(on_host());
  EXPECT_THAT(run({kJexec, "web", "cat", "/proc/net/dev"}).out, HasSubstr(" made0: "));
  outcome = jail_with({"-v", "-r", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("jail: ip -n web link set made0 netns 1\n"
                                     "jail: ip link del made0\n"));
  EXPECT_FALSE(on_host());

  configure(text + "exec.created = 'exit 3'; }\n");
  outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.err, "jail: web: exec.created: \"exit 3\" failed with status 3\n");
  EXPECT_FALSE(on_host());
}

TEST_F(Lifecycle, verbose_tells_what_is_taken_away) {
  configure(std::string("web { exec.start = 'sleep 1000 &'; exec.stop = true; stop.timeout = 1; ") +
            "ip4.addr = '" + kAlias + "'; }\n");
  ASSERT_EQ(jail_with({"-q", "-c", "web"}).status, 0);
  EXPECT_EQ(jail_with({"-v", "-r", "web"}).err,
            "jail: in the jail: true\n"
            "jail: SIGTERM to every process, and 1 s of time\n"
            "jail: the end of every process that is left\n"
            "jail: ip address del 10.9.8.7/24 dev dummy0\n");
}

TEST_F(Lifecycle, file_of_jail_ids_has_a_line_for_each_jail) {
  configure("db { persist; } web { persist; depend = db; }\n");
  auto outcome = jail_with({"-q", "-c", "-J", files / "none/jid"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "jail: " + files.path() + "/none/jid: No such file or directory\n");
  EXPECT_THAT(jails(), IsEmpty()) << "before anything is made";
  files.file("jid", "of another day\n");
  for (const char* at_a_time : {"1", "2"}) {
    ASSERT_EQ(jail_with({"-q", "-rc", "-p", at_a_time, "-J", files / "jid"}).status, 0);
    std::string wanted;
    for (const auto& jail : jails()) {
      wanted += "jid=" + std::to_string(jail.jid) + " name=" + jail.name + " path=\"" +
                root.path() + "\" persist" + (jail.name == "web" ? " depend=db" : "") + "\n";
    }
    EXPECT_EQ(libjail::testing::read_text(files / "jid"), wanted);
  }
}

TEST_F(Lifecycle, mounts_are_the_jails_own) {
  files.file("shared/text", "of the host\n");
  files.file("fstab", "tmpfs " + root.path() + "/tmp tmpfs size=1m,noexec\n# nothing\n");
  ::chmod((files / "fstab").c_str(), 0644);
  configure(
      "web { exec.start = 'cat /data/text; cat /proc/self/mounts; : >/data/new', 'true'; "
      "persist; mount = '" +
      files.path() + "/shared " + root.path() + "/data nullfs ro'; mount.fstab = '" + files.path() +
      "/fstab'; }\n");
  const auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("of the host\n"));
  EXPECT_THAT(outcome.out, HasSubstr(" /tmp tmpfs rw,nodev,noexec"));
  EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
}

TEST_F(Lifecycle, mounts_follow_no_link_of_the_jail) {
  std::filesystem::remove(root / "data");
  root.link("data", "/srv");
  configure("web { persist; mount = \"tmpfs $path/data tmpfs\"; }\n");
  EXPECT_THAT(jail_with({"-c", "web"}).err, HasSubstr("has a symbolic link in it"));
  configure("web { persist; mount = \"$path/data $path/tmp nullfs\"; }\n");
  EXPECT_THAT(jail_with({"-c", "web"}).err, HasSubstr("has a symbolic link in it"));
  configure("web { persist; exec.start = true; exec.consolelog = \"$path/data/log\"; }\n");
  EXPECT_THAT(jail_with({"-c", "web"}).err, HasSubstr("has a symbolic link in it"));
}

TEST_F(Lifecycle, commands_of_the_jail) {
  configure("web { persist; exec.jail_user = bob; exec.start = 'id -u; echo $HOME'; }\n");
  EXPECT_EQ(jail_with({"-c", "web"}).out, "1000\n/home\nweb: created\n");
  EXPECT_EQ(jail_with({"-rc", "web"}).out, "web: removed\n1000\n/home\nweb: created\n");
  run({kJail, "-q", "-R", "web"});
  configure(
      "web { persist; exec.clean; exec.start = 'echo ${JID:-none}$HOME'; exec.consolelog = '" +
      files.path() + "/console'; }\n");
  EXPECT_EQ(jail_with({"-c", "web"}).out, "web: created\n");
  EXPECT_EQ(libjail::testing::read_text(files / "console"), "none/\n");
}

TEST_F(Lifecycle, server_can_write_after_the_start) {
  configure(
      "web { exec.start = '(sleep 1; echo late; echo alive >/data/log; exec sleep 1000) &'; "
      "stop.timeout = 1; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_TRUE(comes_true([this] { return inner_log() == "alive\n"; }));
}

TEST_F(Lifecycle, removal_always_ends) {
  configure(
      "web { exec.start = 'trap \"\" TERM; while :; do sleep 1; done &'; stop.timeout = 1; "
      "exec.prestop = false; exec.stop = 'exit 4'; exec.poststop = false; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  const auto outcome = jail_with({"-r", "web"});
  EXPECT_EQ(outcome.status, 1) << "as commands failed";
  EXPECT_EQ(outcome.out, "web: removed\n");
  EXPECT_THAT(outcome.err, HasSubstr("web: exec.prestop: \"false\" failed with status 1"));
  EXPECT_THAT(outcome.err, HasSubstr("web: exec.stop: \"exit 4\" failed with status 4"));
  EXPECT_THAT(outcome.err, HasSubstr("web: exec.poststop: "));
  EXPECT_THAT(jails(), IsEmpty());
}

TEST_F(Lifecycle, removal_ends_where_all_that_enters_is_stopped) {
  configure(
      "web { persist; stop.timeout = 1;\n"
      // Not before the shell has ended, for which jail -c waits.
      "exec.start = '(while kill -0 $$; do :; done; while :; do kill -STOP -1; done)"
      " >/dev/null 2>&1 &'; }\n");
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(jail_with({"-q", "-c", "web"}).status, 0);
    EXPECT_EQ(jail_with({"-q", "-r", "web"}).status, 0);
    EXPECT_THAT(jails(), IsEmpty());
  }
}

TEST_F(Lifecycle, terminate_without_the_right_to_kill) {
  configure(
      "web { cap.ceiling = none; exec.jail_user = bob; stop.timeout = 10;\n"
      "exec.start = '(trap \"echo term >/tmp/got; exit\" TERM; while :; do sleep 1; done) &'; }\n");
  ::chmod((root / "tmp").c_str(), 01777);
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_EQ(jail_with({"-r", "web"}).status, 0);
  EXPECT_EQ(libjail::testing::read_text(root / "tmp/got"), "term\n");
}

TEST_F(Lifecycle, force_runs_no_commands) {
  configure("web {\n" + hooks() + "}\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_EQ(jail_with({"-R", "web"}).out, "web: removed\n");
  EXPECT_THAT(log(), Not(HasSubstr("stop")));
  EXPECT_THAT(log(), Not(HasSubstr("release")));
}

TEST_F(Lifecycle, jail_of_the_old_form_can_be_removed) {
  Process process(jail("echo up; exec sleep 1000", {"-n", "web"}));
  ASSERT_TRUE(process.prints("up"));
  EXPECT_EQ(run({kJail, "-r", "web"}).out, "web: removed\n");
  EXPECT_NE(process.wait(), 0);
}

TEST_F(Lifecycle, jails_of_the_old_form_without_a_name) {
  const auto command = jail("echo up; trap 'exit 3' TERM; while :; do sleep 0.05; done");
  const auto start = [&command] {
    auto process = std::make_unique<Process>(command);
    EXPECT_TRUE(process->prints("up"));
    return process;
  };
  for (const char* option : {"-r", "-R"}) {
    const auto process = start();
    const auto other = start();
    ASSERT_EQ(jails().size(), 2U);
    const std::string jid = std::to_string(jails()[0].jid);
    EXPECT_EQ(jails()[0].name, jid);
    EXPECT_THAT(run({kJail, "-m", "name=" + jid, "limit.pids=5"}).err,
                HasSubstr("no jail with a name has the ID " + jid));
    EXPECT_THAT(jail_with({"-rc", jid}).err, HasSubstr("no jail with a name has the ID " + jid));
    EXPECT_EQ(jails().size(), 2U);
    const auto removed = run({kJail, option, jid});
    ASSERT_EQ(removed.status, 0) << removed.err;
    EXPECT_EQ(removed.out, jid + ": removed\n");
    EXPECT_EQ(removed.err, "");
    EXPECT_EQ(process->wait(), option == std::string("-r") ? 3 : 128 + SIGKILL);
    EXPECT_EQ(jails().size(), 1U);
    ASSERT_EQ(run({"/usr/sbin/jailctl", "stop", "-a"}).status, 0);
    EXPECT_EQ(other->wait(), 3);
    EXPECT_THAT(jails(), IsEmpty());
  }
}

TEST_F(Lifecycle, modify) {
  configure("web { persist; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_EQ(jail_with({"-m", "web"}).out, "web: updated\n") << "nothing differs";
  const std::string jid = std::to_string(jails().at(0).jid);
  EXPECT_EQ(run({kJail, "-m", "jid=" + jid, "persist"}).out, "web: updated\n");
  EXPECT_EQ(run({kJail, "-m", "-n", jid, "persist=TRUE"}).out, "web: updated\n");
  EXPECT_EQ(run({kJail, "-m", "jid=999999", "persist"}).err,
            "jail: no jail with a name has the ID 999999 (jls -v shows the names of jails)\n");
  configure("web { persist; host.hostname = other; }\n");
  EXPECT_THAT(jail_with({"-m", "web"}).err,
              HasSubstr("jail: web: host.hostname cannot be changed after creation"));
  EXPECT_THAT(run({kJail, "-m", "name=web", "path=/x"}).err,
              HasSubstr("jail: web: path cannot be changed after creation"));
  EXPECT_THAT(run({kJail, "-m", "name=nosuch", "path=/x"}).err, HasSubstr("not found"));
  EXPECT_EQ(run({kJail, "-m", "name=nosuch", "limit.pids=5"}).err,
            "jail: jail \"nosuch\" not found (jail -c makes it)\n");
  EXPECT_EQ(run({kJail, "-cm", "name=web", "path=" + root.path(), "persist"}).status, 0);
}

TEST_F(Lifecycle, modify_or_restart) {
  configure("web { persist; limit.pids = 20; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  configure("web { persist; limit.pids = 30; }\n");
  EXPECT_EQ(jail_with({"-mr", "web"}).out, "web: updated\n");
  configure("web { persist; limit.pids = 30; host.hostname = other; }\n");
  EXPECT_EQ(jail_with({"-mr", "web"}).out, "web: removed\nweb: created\n");
  EXPECT_EQ(run({kJexec, "web", "hostname"}).out, "other\n");
  EXPECT_EQ(jail_with({"-cmr", "web"}).out, "web: updated\n");
  ASSERT_EQ(jail_with({"-r", "web"}).status, 0);
  EXPECT_THAT(jail_with({"-mr", "web"}).err, HasSubstr("jail \"web\" not found"));
  EXPECT_EQ(jail_with({"-cmr", "web"}).out, "web: created\n");
}

TEST_F(Lifecycle, restart_brings_back_what_depends_on_it) {
  configure("app { depend = db; persist; }\ndb { persist; }\nother { persist; }\n");
  ASSERT_EQ(jail_with({"-c"}).status, 0);
  EXPECT_EQ(jail_with({"-rc", "db"}).out, "app: removed\ndb: removed\ndb: created\napp: created\n");
  EXPECT_EQ(jails().size(), 3U);
}

TEST_F(Lifecycle, limits) {
  const auto limit = [] { return libjail::testing::read_text("/sys/fs/cgroup/jail/web/pids.max"); };
  configure("web { exec.start = 'sleep 1000 &'; stop.timeout = 1; limit.pids = 50; }\n");
  ASSERT_EQ(jail_with({"-c", "web"}).status, 0);
  EXPECT_EQ(limit(), "50\n");
  EXPECT_NE(libjail::testing::read_text("/sys/fs/cgroup/jail/web/cgroup.procs"), "");
  EXPECT_EQ(run({kJail, "-m", "name=web", "limit.pids=60"}).out, "web: updated\n");
  EXPECT_EQ(limit(), "60\n");
  configure("web { exec.start = 'sleep 1000 &'; stop.timeout = 1; }\n");
  EXPECT_EQ(jail_with({"-m", "web"}).out, "web: updated\n");
  EXPECT_EQ(limit(), "max\n");
}

TEST_F(Lifecycle, unsafe_root_is_refused) {
  ::chmod(root.path().c_str(), 0777);
  configure("web { persist; }\n");
  const auto outcome = jail_with({"-c", "web"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("web: jaildoctor: UNSAFE "));
  configure("web { persist; allow.unsafe; }\n");
  EXPECT_EQ(jail_with({"-c", "web"}).status, 0);
}

TEST_F(Lifecycle, unsafe_root_is_refused_for_a_command_too) {
  ASSERT_EQ(run(jail("echo in")).out, "in\n") << "the control";
  ::chmod(root.path().c_str(), 0777);
  const auto refused = run(jail("echo in"));
  EXPECT_EQ(refused.status, 125);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("jail: UNSAFE path-writable"));
  EXPECT_THAT(refused.err, HasSubstr("-o allow.unsafe"));
  EXPECT_EQ(run(jail("echo in", {"-o", "allow.unsafe"})).out, "in\n");
}

TEST_F(Lifecycle, names_of_files_of_control_groups) {
  for (const char* name : {"memory.max", "cgroup.procs", "pids.current"}) {
    const auto refused = run({kJail, "-c", std::string("name=") + name, "path=" + root.path(),
                              "limit.pids=9", "persist"});
    EXPECT_EQ(refused.status, 1) << name;
    EXPECT_THAT(refused.err, HasSubstr("could be that of a file of a control group")) << name;
    EXPECT_EQ(run(jail("echo in", {"-n", name})).status, 125) << name;
  }
}

/// What is kept of jails on a file system with little room.
class FullDisk : public Lifecycle {
 protected:
  /// @param room  options of tmpfs
  void check(const std::string& room) {
    std::filesystem::create_directories("/run/jail");
    ASSERT_EQ(::mount("tiny", "/run/jail", "tmpfs", 0, ("mode=755," + room).c_str()), 0) << room;
    for (const auto& argv :
         {command({"-c", "web"}), jail("echo in", {"-o", "pid"}, "default", kAlias)}) {
      const auto outcome = run(argv);
      if (outcome.status == 0) {
        ++done;
      } else {
        ++failed;
        EXPECT_THAT(outcome.err, HasSubstr("No space left on device")) << room;
        EXPECT_TRUE(comes_true([] { return jails().empty(); })) << room << ": " << outcome.err;
        EXPECT_FALSE(std::filesystem::exists("/sys/fs/cgroup/jail/web")) << room;
        EXPECT_THAT(keepers(), IsEmpty()) << room;
      }
      run({kJail, "-q", "-R", "*"});
      EXPECT_TRUE(comes_true([] { return jails().empty() && keepers().empty(); })) << room;
      EXPECT_FALSE(host_has(kAliasIp)) << room << ": " << outcome.err;
      EXPECT_THAT(records(), IsEmpty()) << room;
    }
    EXPECT_TRUE(comes_true([] { return ::umount2("/run/jail", 0) == 0; })) << room;
  }
  int done = 0;
  int failed = 0;
};

TEST_F(FullDisk, of_the_state_at_each_step) {
  configure("web { pid; limit.pids = 99; exec.start = 'sleep 1000 &'; ip4.addr = '" +
            std::string(kAlias) + "'; }\n");
  // One more file, or one more page of contents, each time.
  for (int i = 2; i < 14; ++i) check("nr_inodes=" + std::to_string(i));
  for (int i = 1; i < 8; ++i) check("size=" + std::to_string(i * 4096));
  EXPECT_GT(done, 4);
  EXPECT_GT(failed, 4);
}

TEST_F(Lifecycle, address_of_another_jail) {
  configure("one { persist; ip4.addr = '" + std::string(kAlias) +
            "'; }\ntwo { persist; pid; ip4.addr = '" + std::string(kAlias) + "'; }\n");
  ASSERT_EQ(jail_with({"-c", "one"}).status, 0);
  const auto refused = jail_with({"-c", "two"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("two: create: address 10.9.8.7 belongs to another jail"));
  EXPECT_TRUE(host_has(kAliasIp)) << "it is the other one's";
  EXPECT_EQ(jails().size(), 1U);
  EXPECT_EQ(records(), std::vector<std::string>{"one"});
}

TEST_F(Lifecycle, huge_and_malformed_files) {
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "j" + std::to_string(i) + " { persist; }\n";
  const std::string deep(100000, '{');
  std::string wide = "web { exec.start = '";
  wide.append(4000000, 'x');
  for (const auto& text : {many, deep, wide, std::string("web { \0persist; }", 17),
                           std::string("web {\xff\xfe}"), std::string("$a = $a$a; web { $a; }")}) {
    configure(text);
    const auto outcome = jail_with({"-c", "nosuch"});
    EXPECT_EQ(outcome.status, 1) << text.substr(0, 30);
    EXPECT_THAT(outcome.err, HasSubstr("jail: ")) << text.substr(0, 30);
    EXPECT_THAT(jails(), IsEmpty());
    EXPECT_THAT(records(), IsEmpty());
  }
}

TEST_F(Lifecycle, many) {
  std::string text = "path = " + root.path() + ";\n";
  for (int i = 0; i < 10; ++i) text += "j" + std::to_string(i) + "{}\n";
  configure("exec.start = 'sleep 1000 &'; stop.timeout = 0;\n" + text);
  EXPECT_EQ(jail_with({"-q", "-c", "*"}).status, 0);
  EXPECT_EQ(jails().size(), 10U);
  EXPECT_EQ(jail_with({"-q", "-r", "*"}).status, 0);
}

}  // namespace
}  // namespace guest
