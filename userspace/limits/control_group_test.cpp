// SPDX-License-Identifier: BSD-2-Clause
// The kernel's part of a control group, its files, is played by the test; tests/limits_test.cpp has
// real ones.
#include "limits/control_group.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::limits {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

constexpr const char* kListing = "jid parent state processes ceiling address name hostname path\n";

class ControlGroups : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.file("cgroup.controllers", "cpuset cpu io memory pids\n");
    folder.file("cgroup.subtree_control", "cpu io memory\n");
    folder.file("jails", kListing);
  }

  auto make(const conf::Limits& limits = {}) {
    return ControlGroup::make("web", limits, folder.path());
  }
  auto sweep() { return ControlGroup::sweep(kernel, folder / "jails", folder.path()); }

  /// The files that the kernel makes in a group.
  void fill() const {
    folder.file("jail/web/cgroup.controllers", "cpu io memory pids\n");
    folder.file("jail/web/cgroup.procs", "");
    folder.file("jail/web/cgroup.kill", "");
    folder.file("jail/web/memory.max", "max\n");
    folder.file("jail/web/memory.current", "8192\n");
    folder.file("jail/web/memory.peak", "12288\n");
    folder.file("jail/web/cpu.max", "max 100000\n");
    folder.file("jail/web/cpu.stat", "usage_usec 77\nuser_usec 70\n");
    folder.file("jail/web/pids.max", "max\n");
    folder.file("jail/web/pids.current", "3\n");
    folder.file("jail/web/io.max", "");
    folder.file("jail/web/io.stat", "8:0 rbytes=5 wbytes=6 rios=1 wios=2 dbytes=0 dios=0\n");
  }
  [[nodiscard]] std::string text(const std::string& file) const {
    return testing::read_text(folder / ("jail/web/" + file));
  }
  [[nodiscard]] bool is_there() const { return fs::exists(folder / "jail/web"); }

  testing::TempDir folder;
  testing::FakeKernel kernel;
};

TEST_F(ControlGroups, made_and_removed) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  EXPECT_TRUE(group->exists());
  EXPECT_TRUE(is_there());
  EXPECT_EQ(group->path(), folder / "jail/web");
  EXPECT_THAT(group->remove(), IsOk());
  EXPECT_FALSE(is_there());
  EXPECT_THAT(group->remove(), IsOk()) << "gone already";
}

TEST_F(ControlGroups, nobody_else_can_lock_them) {
  ASSERT_THAT(make(), IsOk());
  struct stat st {};
  ASSERT_EQ(::stat((folder / "jail/web").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 066, 0U)
      << "files in it can be read, but who can open the folder can lock it";
}

TEST_F(ControlGroups, controllers_are_passed_on_where_they_are_not_yet) {
  folder.file("jail/cgroup.controllers", "memory\n");
  folder.file("jail/cgroup.subtree_control", "");
  ASSERT_THAT(make(), IsOk());
  EXPECT_EQ(testing::read_text(folder / "cgroup.subtree_control"), "+pids");
  EXPECT_EQ(testing::read_text(folder / "jail/cgroup.subtree_control"), "+memory");
}

TEST_F(ControlGroups, without_cgroup_v2_and_without_limits_there_is_none) {
  fs::remove(folder / "cgroup.controllers");
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  EXPECT_FALSE(group->exists());
  EXPECT_EQ(group->descriptor(), -1);
  EXPECT_THAT(group->join(), IsOk());
  EXPECT_THAT(group->kill(), IsOk());
  EXPECT_THAT(group->remove(), IsOk());
  EXPECT_THAT(group->usage(), IsError(ENOENT));
  EXPECT_THAT(group->set({.pids = 1}), IsError(ENOENT));
  EXPECT_FALSE(fs::exists(folder / "jail"));
}

TEST_F(ControlGroups, limits_without_cgroup_v2_are_an_error) {
  fs::remove(folder / "cgroup.controllers");
  EXPECT_THAT(make({.pids = 5}), FailsWith("mount -t cgroup2 cgroup2"));
}

TEST_F(ControlGroups, limit_without_its_controller_is_an_error_and_leaves_nothing) {
  EXPECT_THAT(make({.memory = 4096}), FailsWith("no controller memory"));
  EXPECT_THAT(make({.memory = 4096}), FailsWith("the kernel needs CONFIG_MEMCG"));
  EXPECT_FALSE(is_there());
}

TEST_F(ControlGroups, limit_without_its_file_is_an_error) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  folder.file("jail/web/cgroup.controllers", "cpu io\n");
  EXPECT_THAT(group->set({.cpu = 50}), FailsWith("has no cpu.max"));
  EXPECT_THAT(group->set({.cpu = 50}), FailsWith("CONFIG_CFS_BANDWIDTH"));
}

TEST_F(ControlGroups, wrong_names_and_devices_are_refused_before_anything_is_made) {
  for (const char* name : {"", ".", "..", "a/b", "../x", "7"}) {
    EXPECT_FALSE(ControlGroup::make(name, {}, folder.path())) << name;
    EXPECT_THAT(ControlGroup::open(name, folder.path()), IsError(ENOENT)) << name;
  }
  EXPECT_THAT(make({.io = {{.device = "/dev/null", .rbps = 1}}}), IsError(ENOTBLK));
  EXPECT_FALSE(fs::exists(folder / "jail"));
}

TEST_F(ControlGroups, name_of_a_file_of_the_kernel_is_refused) {
  folder.file("jail/memory.max", "");
  EXPECT_THAT(ControlGroup::make("memory.max", {}, folder.path()),
              FailsWith("could be that of a file"));
}

TEST_F(ControlGroups, of_a_killed_process_is_made_new) {
  folder.folder("jail/web");
  const auto before = fs::last_write_time(folder / "jail/web");
  ::usleep(20000);
  ASSERT_THAT(make(), IsOk());
  EXPECT_NE(fs::last_write_time(folder / "jail/web"), before);
}

TEST_F(ControlGroups, of_another_process_is_busy) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  EXPECT_THAT(make(), IsError(EBUSY));
  EXPECT_TRUE(is_there());
}

TEST_F(ControlGroups, new_one_of_the_same_name_is_not_removed) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  fs::rename(folder / "jail/web", folder / "jail/old");
  folder.folder("jail/web");
  EXPECT_THAT(group->remove(), IsOk());
  EXPECT_TRUE(is_there());
}

TEST_F(ControlGroups, join_and_kill) {
  ASSERT_THAT(make(), IsOk());
  fill();
  const auto group = ControlGroup::open("web", folder.path());
  ASSERT_THAT(group, IsOk());
  EXPECT_THAT(group->join(), IsOk());
  EXPECT_EQ(text("cgroup.procs"), "0");
  EXPECT_THAT(group->kill(), IsOk());
  EXPECT_EQ(text("cgroup.kill"), "1");
  fs::remove(folder / "jail/web/cgroup.procs");
  fs::remove(folder / "jail/web/cgroup.kill");
  EXPECT_THAT(group->join(), FailsWith("join control group"));
  EXPECT_THAT(group->kill(), FailsWith("kill the processes"));
}

TEST_F(ControlGroups, limits_are_changed) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  fill();
  EXPECT_THAT(group->set({.memory = 65536, .cpu = 50, .pids = 9}), IsOk());
  EXPECT_EQ(text("memory.max"), "65536");
  EXPECT_EQ(text("cpu.max"), "50000 100000");
  EXPECT_EQ(text("pids.max"), "9");
  EXPECT_THAT(group->set({}, {.pids = true}), IsOk());
  EXPECT_EQ(text("pids.max"), "max");
  EXPECT_EQ(text("memory.max"), "65536") << "what is not given stays";
}

TEST_F(ControlGroups, all_limits_are_changed_or_none) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  fill();
  fs::remove(folder / "jail/web/pids.max");
  EXPECT_THAT(group->set({.memory = 65536, .cpu = 50, .pids = 9}), FailsWith("CONFIG_CGROUP_PIDS"));
  EXPECT_EQ(text("memory.max"), "max");
  EXPECT_EQ(text("cpu.max"), "max 100000");
}

TEST_F(ControlGroups, use_beside_limits) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  fill();
  folder.file("jail/web/pids.max", "64\n");
  folder.file("jail/web/io.max", "8:0 rbps=1 wbps=max riops=max wiops=max\n");
  const auto usage = group->usage();
  ASSERT_THAT(usage, IsOk());
  EXPECT_EQ(usage->memory, 8192U);
  EXPECT_EQ(usage->memory_peak, 12288U);
  EXPECT_EQ(usage->cpu_usec, 77U);
  EXPECT_EQ(usage->pids, 3U);
  EXPECT_THAT(usage->io, ElementsAre(IoUsage{
                             .device = "8:0", .rbytes = 5, .wbytes = 6, .rios = 1, .wios = 2}));
  EXPECT_EQ(usage->limits, (conf::Limits{.pids = 64, .io = {{.device = "8:0", .rbps = 1}}}));
}

TEST_F(ControlGroups, what_the_kernel_does_not_count_is_absent) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  folder.file("jail/web/cgroup.procs", "");
  const auto usage = group->usage();
  ASSERT_THAT(usage, IsOk());
  EXPECT_EQ(usage->memory, std::nullopt);
  EXPECT_EQ(usage->pids, std::nullopt);
  EXPECT_EQ(usage->limits, conf::Limits{});
}

TEST_F(ControlGroups, group_that_is_not_there) {
  EXPECT_THAT(ControlGroup::open("web", folder.path()), IsError(ENOENT));
}

TEST_F(ControlGroups, groups_below_are_removed_too) {
  const auto group = make();
  ASSERT_THAT(group, IsOk());
  folder.folder("jail/web/one/two");
  EXPECT_THAT(group->remove(), IsOk());
  EXPECT_FALSE(is_there());
}

TEST_F(ControlGroups, sweep_takes_what_a_killed_process_left) {
  {
    const auto group = make();
    ASSERT_THAT(group, IsOk());
    EXPECT_THAT(*sweep(), IsEmpty()) << "still in use";
  }
  EXPECT_TRUE(is_there());
  EXPECT_THAT(*sweep(), ElementsAre("web"));
  EXPECT_FALSE(is_there());
}

TEST_F(ControlGroups, sweep_spares_living_jails) {
  folder.folder("jail/web");
  folder.file("jails", std::string(kListing) + "1 0 active 0 0 - web web /\n");
  EXPECT_THAT(*sweep(), IsEmpty());
  folder.file("jails", "jid\nnonsense more\n");
  EXPECT_THAT(*sweep(), IsEmpty()) << "when in doubt";
  fs::remove(folder / "jails");
  EXPECT_THAT(*sweep(), ElementsAre("web")) << "a kernel without jails";
}

TEST_F(ControlGroups, sweep_without_groups_makes_nothing) {
  EXPECT_THAT(*sweep(), IsEmpty());
  EXPECT_FALSE(fs::exists(folder / "jail"));
}

TEST_F(ControlGroups, no_descriptor_is_left_open) {
  const int before = testing::open_descriptors();
  {
    const auto group = make();
    ASSERT_THAT(group, IsOk());
    EXPECT_EQ(testing::open_descriptors(), before + 1);
    static_cast<void>(group->usage());
    static_cast<void>(make());
    ASSERT_THAT(group->remove(), IsOk());
  }
  ASSERT_THAT(sweep(), IsOk());
  EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace
}  // namespace libjail::limits
