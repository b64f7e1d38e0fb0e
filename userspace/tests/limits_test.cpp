// SPDX-License-Identifier: BSD-2-Clause
// Control groups of jails, by the kernel's own hand.
#include "limits/control_group.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "jail/linux_kernel.hpp"
#include "testing/matchers.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;
using libjail::conf::Limits;
using libjail::limits::ControlGroup;
using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr const char* kGroup = "/sys/fs/cgroup/jail/web";
// Tries to make five processes.
constexpr const char* kFork =
    "for i in 1 2 3 4 5; do sleep 1000 >/dev/null 2>&1 & done; echo all; exec sleep 1000";

class LimitsOnHost : public HostTest {
 protected:
  static auto make(const Limits& limits = {}) { return ControlGroup::make("web", limits); }

  /// A jail in the group.
  [[nodiscard]] std::unique_ptr<Process> start(const ControlGroup& group,
                                               const std::string& script) const {
    return std::make_unique<Process>(jail(script, {"-n", "web"}), [&group] {
      if (!group.join()) ::_exit(97);
    });
  }
  [[nodiscard]] auto sweep() { return ControlGroup::sweep(kernel); }

  void TearDown() override {
    EXPECT_FALSE(fs::exists(kGroup)) << "a control group is left";
    HostTest::TearDown();
  }

  libjail::LinuxKernel kernel;
};

TEST_F(LimitsOnHost, use_is_counted_without_limits) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  const auto process = start(*group, "echo up; exec sleep 1000");
  ASSERT_TRUE(process->prints("up"));
  const auto usage = group->usage();
  ASSERT_THAT(usage, IsOk());
  EXPECT_GT(usage->memory.value_or(0), 0U);
  EXPECT_GE(usage->memory_peak.value_or(0), *usage->memory);
  EXPECT_GT(usage->cpu_usec.value_or(0), 0U);
  EXPECT_GE(usage->pids.value_or(0), 1U);
  EXPECT_EQ(usage->limits, Limits{});
  ::kill(process->pid(), SIGKILL);
  process->wait();
  EXPECT_THAT(group->remove(), IsOk());
}

/// That it kills is not tried here: the kernel then writes a trace to its log, as after a fault.
TEST_F(LimitsOnHost, memory_is_limited_in_whole_pages) {
  const auto group = make({.memory = 16 * kMiB + 1});
  ASSERT_THAT(group, IsOk());
  EXPECT_EQ(group->usage()->limits.memory, 16 * kMiB);
  EXPECT_THAT(group->remove(), IsOk());
}

TEST_F(LimitsOnHost, processes_are_refused) {
  const auto free = make();
  ASSERT_THAT(free, IsOk());
  {
    const auto process = start(*free, kFork);
    EXPECT_TRUE(process->prints("all")) << "without a limit";
    ASSERT_THAT(free->kill(), IsOk());
  }
  ASSERT_THAT(free->remove(), IsOk());

  const auto group = make({.pids = 4});
  ASSERT_THAT(group, IsOk());
  const auto outcome = start(*group, kFork)->finish();
  EXPECT_THAT(outcome.err, HasSubstr("can't fork"));
  EXPECT_EQ(outcome.out, "");
  ASSERT_THAT(group->kill(), IsOk());
  EXPECT_THAT(group->remove(), IsOk());
}

TEST_F(LimitsOnHost, change_while_the_jail_runs) {
  const auto group = make({.memory = 256 * kMiB, .pids = 64});
  ASSERT_THAT(group, IsOk());
  const auto process =
      start(*group, "echo up; while ! test -e /go; do sleep 1; done; " + std::string(kFork));
  ASSERT_TRUE(process->prints("up"));
  const auto found = ControlGroup::open("web");
  ASSERT_THAT(found, IsOk());
  EXPECT_THAT(found->set({.pids = 3}), IsOk());
  EXPECT_EQ(found->usage()->limits.pids, 3);
  EXPECT_EQ(found->usage()->limits.memory, 256 * kMiB);
  root.file("go", "");
  EXPECT_THAT(process->finish().err, HasSubstr("can't fork"));
  EXPECT_THAT(found->set({}, {.memory = true, .pids = true}), IsOk());
  EXPECT_EQ(found->usage()->limits, Limits{});
  ASSERT_THAT(group->kill(), IsOk());
  EXPECT_THAT(group->remove(), IsOk());
}

/// Each of these needs an option that not every kernel has: then the error names it.
TEST_F(LimitsOnHost, cpu_and_io_work_or_name_the_option_of_the_kernel) {
  const Limits cpu{.cpu = 50};
  const Limits io{.io = {{.device = "/dev/vda", .rbps = kMiB}}};
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  if (fs::exists(std::string(kGroup) + "/cpu.max")) {
    EXPECT_THAT(group->set(cpu), IsOk());
    EXPECT_EQ(group->usage()->limits.cpu, 50);
  } else {
    EXPECT_THAT(group->set(cpu), FailsWith("CONFIG_CFS_BANDWIDTH"));
  }
  if (!fs::exists("/dev/vda")) {
    EXPECT_THAT(group->set(io), FailsWith("device /dev/vda: No such file"));
  } else if (fs::exists(std::string(kGroup) + "/io.max")) {
    EXPECT_THAT(group->set(io), IsOk());
    EXPECT_EQ(group->usage()->limits.io.size(), 1U);
  }
  if (!fs::exists(std::string(kGroup) + "/io.max")) {
    EXPECT_THAT(group->set({.io = {{.device = "254:0", .rbps = kMiB}}}),
                FailsWith("CONFIG_BLK_DEV_THROTTLING"));
  }
  EXPECT_THAT(group->remove(), IsOk());
}

TEST_F(LimitsOnHost, limit_that_the_kernel_refuses_leaves_no_group) {
  EXPECT_FALSE(make({.pids = 4, .io = {{.device = "4095:1048575", .rbps = kMiB}}}));
  EXPECT_FALSE(fs::exists(kGroup));
}

TEST_F(LimitsOnHost, group_with_processes_is_busy_until_they_are_killed) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  const auto process = start(*group, "echo up; exec sleep 1000");
  ASSERT_TRUE(process->prints("up"));
  EXPECT_THAT(group->remove(50), IsError(EBUSY));
  ASSERT_THAT(group->kill(), IsOk());
  EXPECT_THAT(group->remove(), IsOk()) << "waits for those that are about to end";
}

TEST_F(LimitsOnHost, of_a_killed_process_is_swept_when_its_jail_has_ended) {
  std::unique_ptr<Process> process;
  {
    const auto group = make({.pids = 8});
    ASSERT_THAT(group, IsOk());
    process = start(*group, "echo up; exec sleep 1000");
    ASSERT_TRUE(process->prints("up"));
  }  // let go of without removal, as by SIGKILL
  EXPECT_THAT(*sweep(), IsEmpty()) << "the jail lives";
  EXPECT_THAT(make(), IsError(EBUSY));
  ::kill(process->pid(), SIGKILL);
  process->wait();
  ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  EXPECT_TRUE(comes_true([this] { return !sweep()->empty(); }));
  EXPECT_FALSE(fs::exists(kGroup));
}

TEST_F(LimitsOnHost, of_a_killed_process_is_made_anew) {
  static_cast<void>(make({.pids = 8}));
  EXPECT_TRUE(fs::exists(kGroup));
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  EXPECT_EQ(group->usage()->limits, Limits{});
  EXPECT_THAT(group->remove(), IsOk());
}

}  // namespace
}  // namespace guest
