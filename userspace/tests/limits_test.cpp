// SPDX-License-Identifier: BSD-2-Clause
// Control groups of jails, by the kernel's own hand.
#include "limits/control_group.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

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
// Fills 64 MiB of memory, or tries to make five processes.
constexpr const char* kUseMemory = "/busybox dd if=/dev/zero of=/dev/null bs=64M count=1";
constexpr const char* kFork =
    "for i in 1 2 3 4 5; do sleep 1000 >/dev/null 2>&1 & done; echo all; exec sleep 1000";

constexpr std::uint64_t kPeriods = 500'000;  // microseconds, several of the quota's
constexpr const char* kDisk = "/dev/ram1";
constexpr std::uint64_t kTransfer = kMiB;
constexpr unsigned int kSlow = 8;  // seconds that it takes with the limit

/// Writes kTransfer past the page cache.
bool write_to_disk() {
  alignas(4096) static std::array<char, 64 << 10> block{};
  const libjail::UniqueFd disk(::open(kDisk, O_WRONLY | O_DIRECT | O_CLOEXEC));
  for (std::uint64_t done = 0; done < kTransfer; done += block.size()) {
    if (::write(disk.get(), block.data(), block.size()) < 0) return false;
  }
  return true;
}

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
  /// How often the group had to wait for its next quota of processor time.
  static std::uint64_t throttled() {
    std::ifstream file(std::string(kGroup) + "/cpu.stat");
    std::string word;
    std::uint64_t value = 0;
    while (file >> word >> value) {
      if (word == "nr_throttled") return value;
    }
    ADD_FAILURE() << "no nr_throttled";
    return 0;
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

TEST_F(LimitsOnHost, memory_is_limited_in_whole_pages) {
  const auto group = make({.memory = 16 * kMiB + 1});
  ASSERT_THAT(group, IsOk());
  EXPECT_EQ(group->usage()->limits.memory, 16 * kMiB);
  EXPECT_THAT(group->remove(), IsOk());
}

TEST_F(LimitsOnHost, memory_kills) {
  const auto free = make();
  ASSERT_THAT(free, IsOk());
  EXPECT_EQ(start(*free, kUseMemory)->finish().status, 0) << "without a limit";
  ASSERT_THAT(free->remove(), IsOk());

  const auto group = make({.memory = 16 * kMiB});
  ASSERT_THAT(group, IsOk());
  EXPECT_EQ(start(*group, kUseMemory)->finish().status, 128 + SIGKILL);
  EXPECT_LE(group->usage()->memory_peak.value_or(0), 16 * kMiB);
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

TEST_F(LimitsOnHost, cpu_time_is_throttled) {
  for (const std::uint32_t percent : {0U, 10U}) {
    const auto group = make();
    ASSERT_THAT(group, IsOk());
    ASSERT_THAT(group->set(percent != 0 ? Limits{.cpu = percent} : Limits{}), IsOk());
    const auto process = start(*group, "echo up; while :; do :; done");
    ASSERT_TRUE(process->prints("up"));
    EXPECT_TRUE(comes_true([&] { return group->usage()->cpu_usec.value_or(0) > kPeriods; }));
    EXPECT_EQ(throttled() > 0, percent != 0) << percent;
    ASSERT_THAT(group->kill(), IsOk());
    EXPECT_THAT(group->remove(), IsOk());
  }
}

TEST_F(LimitsOnHost, transfer_is_slowed) {
  const Limits limits{.io = {{.device = kDisk, .wbps = kTransfer / kSlow}}};
  for (const bool limited : {false, true}) {
    const auto group = make(limited ? limits : Limits{});
    ASSERT_THAT(group, IsOk());
    EXPECT_EQ(group->usage()->limits.io.size(), limited ? 1U : 0U);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(run({"/bin/true"},
                  [&group] {
                    if (!group->join() || !write_to_disk()) ::_exit(97);
                  })
                  .status,
              0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(took.count() > kSlow / 2.0, limited) << took.count() << " s";
    EXPECT_THAT(group->remove(), IsOk());
  }
}

TEST_F(LimitsOnHost, device_that_is_not_there) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  EXPECT_THAT(group->set({.io = {{.device = "/dev/none", .rbps = kMiB}}}),
              FailsWith("device /dev/none: No such file"));
  EXPECT_THAT(group->remove(), IsOk());
}

TEST_F(LimitsOnHost, others_can_look_but_not_lock) {
  constexpr uid_t kOther = 65534;
  const auto group = make({.pids = 8});
  ASSERT_THAT(group, IsOk());
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresuid(kOther, kOther, kOther) < 0) ::_exit(1);
    // Whoever can open the folder can hold up the next start of the jail with a lock on it.
    if (::open(kGroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0 || errno != EACCES) ::_exit(2);
    const auto seen = ControlGroup::open("web");
    const auto usage = seen ? seen->usage() : std::unexpected(seen.error());
    ::_exit(usage && usage->limits.pids == 8 ? 0 : 3);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
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
