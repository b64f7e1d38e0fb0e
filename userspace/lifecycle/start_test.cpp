// SPDX-License-Identifier: BSD-2-Clause
// Start and stop on a fake kernel: commands and processes are real, the jail is not.
#include "lifecycle/start.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "jail/conf/syntax.hpp"
#include "lifecycle/record.hpp"
#include "lifecycle/stop.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::lifecycle {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using libjail::testing::TempDir;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kHeader = "jid parent state processes ceiling address name hostname path\n";

/// A jail is an eventfd, which becomes readable when it is killed, and a line in the listing.
class JailKernel : public libjail::testing::FakeKernel {
 public:
  explicit JailKernel(const TempDir& folder) : folder_(folder) {
    info.jid = 5;
    info.start_time = 77;
    info.nr_processes = 1;
    info.cap_ceiling = ~0ULL;
    std::string_view("web").copy(info.name, sizeof info.name);
    folder_.file("jails", kHeader);
  }

  Sys<int> jail(const jail_args* args, std::size_t size, unsigned int flags) override {
    auto made = FakeKernel::jail(args, size, flags);
    if (!made || (flags & JAIL_GET_VERSION) != 0) return made;
    ::close(*made);
    folder_.file("jails", std::string(kHeader) + "5 0 active 1 0 - web web /\n");
    return ::dup(event_.get());
  }
  Sys<UniqueFd> jail_open(std::uint32_t) override { return UniqueFd(::dup(event_.get())); }
  Sys<bool> jail_wait(int fd, int) override {
    pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 0) > 0;
  }
  Sys<void> jail_kill(int fd) override {
    const std::uint64_t one = 1;
    static_cast<void>(::write(fd, &one, sizeof one));
    folder_.file("jails", kHeader);
    return FakeKernel::jail_kill(fd);
  }

 private:
  const TempDir& folder_;
  UniqueFd event_{::eventfd(0, EFD_CLOEXEC)};
};

class Lifecycle : public ::testing::Test {
 protected:
  /// Before the fixture is made: what nohup(1), say, ignores would interrupt nothing.
  static void SetUpTestSuite() { ASSERT_NE(::signal(SIGINT, SIG_DFL), SIG_ERR); }

  void SetUp() override {
    root.folder("data");
    host.network = {.state_dir = folder / "run", .helper = "/helper", .listing = folder / "jails"};
    host.cgroup_root = folder / "cgroup";
    host.warn = [this](const std::string& text) { warnings += text + "\n"; };
  }

  void TearDown() override {
    while (::waitpid(-1, nullptr, 0) > 0) {
    }
  }

  std::string hook(const std::string& name, const std::string& more = "") const {
    return name + " = \"echo " + name + " >>" + (folder / "log") + more + "\";";
  }
  std::string hooks() const {
    std::string text;
    for (const char* name :
         {"exec.prepare", "exec.prestart", "exec.created", "exec.start", "command",
          "exec.poststart", "exec.prestop", "exec.stop", "exec.poststop", "exec.release"}) {
      text += hook(name);
    }
    return text + "stop.timeout = 1; ip4.addr = 'eth0|10.2.3.4/24';";
  }

  Result<Started> start_jail(const std::string& text) {
    const auto settings = conf::resolve(*conf::parse(
        "web { allow.unsafe; mount.nodevfs; path = " + root.path() + ";" + text + "}", "test"));
    const auto config = conf::make_config(settings->front());
    return start(host, {.settings = settings->front(), .config = *config});
  }

  std::string log() const {
    std::string text = libjail::testing::read_text(folder / "log");
    std::ranges::replace(text, '\n', ' ');
    return text;
  }
  [[nodiscard]] bool has_record() const {
    return ::access((folder / "run/records/web").c_str(), F_OK) == 0;
  }
  std::vector<std::string> helper_calls() const {
    std::vector<std::string> verbs;
    for (const auto& run : kernel.runs) verbs.push_back(run.at(2));
    return verbs;
  }

  TempDir folder;
  TempDir root;
  JailKernel kernel{folder};
  Interrupts interrupts;
  Host host{.kernel = kernel, .interrupts = interrupts, .network = {}};
  std::string warnings;
};

TEST_F(Lifecycle, interrupted_before_the_first_step) {
  ::kill(::getpid(), SIGINT);
  EXPECT_THAT(start_jail(hooks()), FailsWith("interrupted"));
  EXPECT_FALSE(has_record());
  EXPECT_EQ(log(), "");
}

TEST_F(Lifecycle, order) {
  const auto started = start_jail(hooks());
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->jid, 5U);
  EXPECT_FALSE(started->ended);
  EXPECT_EQ(log(), "exec.prepare exec.prestart exec.created exec.start command exec.poststart ");
  EXPECT_TRUE(has_record());

  const auto stopped = stop(host, {.name = "web"});
  ASSERT_THAT(stopped, IsOk());
  EXPECT_THAT(*stopped, IsEmpty());
  EXPECT_THAT(log(), HasSubstr("exec.prestop exec.stop exec.poststop exec.release "));
  EXPECT_FALSE(has_record());
  EXPECT_THAT(kernel.calls, Contains("jail_kill"));
}

TEST_F(Lifecycle, failure_undoes_what_was_done) {
  struct Case {
    const char* step;
    const char* log;
    bool killed;
  };
  for (const auto& [step, expected, killed] :
       {Case{"exec.prepare", "exec.prepare exec.release ", false},
        Case{"exec.prestart", "exec.prepare exec.prestart exec.poststop exec.release ", false},
        Case{"exec.created", "exec.prepare exec.prestart exec.created exec.poststop exec.release ",
             true},
        Case{"exec.start",
             "exec.prepare exec.prestart exec.created exec.start exec.poststop exec.release ",
             true},
        Case{"command",
             "exec.prepare exec.prestart exec.created exec.start command exec.poststop "
             "exec.release ",
             true},
        Case{"exec.poststart",
             "exec.prepare exec.prestart exec.created exec.start command exec.poststart "
             "exec.poststop exec.release ",
             true}}) {
    folder.file("log", "");
    kernel.calls.clear();
    const int before = libjail::testing::open_descriptors();
    EXPECT_THAT(start_jail(hooks() + hook(step, "; exit 3")),
                FailsWith(std::string(step) + ": \"echo "));
    EXPECT_EQ(libjail::testing::open_descriptors(), before) << step;
    EXPECT_EQ(log(), expected);
    EXPECT_EQ(kernel.called("jail_kill"), killed) << step;
    EXPECT_FALSE(has_record()) << step;
  }
}

TEST_F(Lifecycle, failure_of_the_jail_itself) {
  kernel.fail("jail", EADDRNOTAVAIL);
  EXPECT_THAT(start_jail(hooks()), FailsWith("create: address 10.2.3.4 is on no interface"));
  EXPECT_EQ(log(), "exec.prepare exec.prestart exec.poststop exec.release ");
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, failure_of_the_network) {
  kernel.run_status = 1;
  EXPECT_THAT(start_jail(hooks()), FailsWith("network: "));
  EXPECT_EQ(log(), "exec.prepare exec.release ");
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, failure_of_the_undoing_is_told) {
  EXPECT_THAT(start_jail("persist; exec.prestart = 'exit 3'; exec.poststop = 'exit 4';"),
              FailsWith("undo exec.prestart: \"exit 4\" failed with status 4"));
}

TEST_F(Lifecycle, time_limit) {
  EXPECT_THAT(start_jail("persist; exec.timeout = 1; exec.prestart = 'sleep 100';"),
              FailsWith("exec.prestart: \"sleep 100\": timed out after 1 s"));
  EXPECT_THAT(start_jail("exec.timeout = 1; exec.start = 'sleep 100';"),
              FailsWith("exec.start: \"sleep 100\": timed out after 1 s"));
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, interrupt) {
  EXPECT_THAT(start_jail(hooks() + "exec.prestart = 'kill -INT $PPID; sleep 100';"),
              FailsWith("exec.prestart: \"kill -INT $PPID; sleep 100\": interrupted"));
  EXPECT_EQ(log(), "exec.prepare exec.poststop exec.release ");
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, killed_start_is_swept) {
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(start_jail(hooks() + "exec.created = 'kill -KILL $PPID';"));
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(has_record());
  EXPECT_THAT(sweep(host), ::testing::ElementsAre("web"));
  EXPECT_EQ(log(), "exec.prepare exec.prestart exec.poststop exec.release ");
  EXPECT_TRUE(kernel.called("jail_kill"));
  EXPECT_FALSE(has_record());
  EXPECT_EQ(warnings, "");
}

TEST_F(Lifecycle, running_jail_is_not_swept) {
  ASSERT_THAT(start_jail("persist;"), IsOk());
  EXPECT_THAT(sweep(host), IsEmpty());
  EXPECT_THAT(start_jail("persist;"), FailsWith("already exists"));
  EXPECT_TRUE(has_record());
  EXPECT_THAT(stop(host, {.name = "web", .force = true}), IsOk());
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, stop_of_what_is_not_there) {
  EXPECT_THAT(stop(host, {.name = "web"}), IsError(ENOENT));
}

TEST_F(Lifecycle, stop_goes_on_whatever_fails) {
  ASSERT_THAT(start_jail("persist; exec.prestop = 'exit 2'; exec.stop = 'exit 3'; "
                         "exec.poststop = 'exit 4'; exec.release = 'exit 5';"),
              IsOk());
  const auto stopped = stop(host, {.name = "web"});
  ASSERT_THAT(stopped, IsOk());
  ASSERT_EQ(stopped->size(), 4U);
  EXPECT_EQ((*stopped)[1].text(), "exec.stop: \"exit 3\" failed with status 3");
  EXPECT_FALSE(has_record());
}

TEST_F(Lifecycle, jail_without_a_process) {
  kernel.info.nr_processes = 0;
  const auto started = start_jail("exec.start = true;");
  ASSERT_THAT(started, IsOk());
  EXPECT_TRUE(started->ended);
  EXPECT_FALSE(has_record());
  EXPECT_THAT(start_jail("host.hostname = x;"), FailsWith("nothing would keep it alive"));
}

TEST_F(Lifecycle, environment) {
  ASSERT_THAT(
      start_jail("persist; exec.prepare = \"echo \\$JNAME \\$JPATH \\${JID:-none} >" +
                 (folder / "log") + "\"; exec.start = \"echo \\$JID >>" + (folder / "log") + "\";"),
      IsOk());
  EXPECT_EQ(log(), "web " + root.path() + " none 5 ");
  EXPECT_THAT(stop(host, {.name = "web", .force = true}), IsOk());
}

}  // namespace
}  // namespace libjail::lifecycle
