// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/usage.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstring>

#include "monitor/clock.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace monitor {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;

class UsageOfJails : public ::testing::Test {
 protected:
  void SetUp() override {
    sources.proc = temp / "proc";
    sources.cgroup = temp / "cgroup";
    temp.file("proc/jails",
              "jid parent state processes ceiling address name hostname path\n"
              "9 0 dying 0 00000000000485fb - old - /srv/old\n"
              "7 0 active 2 00000000000485fb 10.2.3.4 web www /srv/web\n");
    temp.file("cgroup/jail/web/cgroup.procs", "");
    temp.file("cgroup/jail/web/memory.current", "4096\n");
    temp.file("cgroup/jail/old/cgroup.procs", "");
    ::strcpy(static_cast<char*>(kernel.info.name), "web");
    kernel.info.start_time = 5;
  }

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  Sources sources;
};

TEST_F(UsageOfJails, from_all_sources) {
  sources.counts = [] { return std::map<std::uint32_t, Counts>{{7, {.forks = 1, .denied = 2}}}; };
  const auto sample = take_sample(kernel, sources);
  ASSERT_THAT(sample, IsOk());
  ASSERT_EQ(sample->jails.size(), 2U);
  const auto& web = sample->jails[0];
  EXPECT_EQ(web.listed.name, "web") << "in the order of jail IDs";
  EXPECT_EQ(web.start, 5U);
  EXPECT_EQ(web.usage->memory, 4096U);
  EXPECT_EQ(web.counts, (Counts{.forks = 1, .denied = 2}));
  const auto& old = sample->jails[1];
  EXPECT_FALSE(old.start || old.usage || old.counts) << "it is dying";
  EXPECT_LE(sample->time, time_since_boot());
}

TEST_F(UsageOfJails, without_privilege_and_groups) {
  kernel.fail("jail_open 7", EPERM);
  sources.cgroup = temp / "none";
  const auto sample = take_sample(kernel, sources);
  ASSERT_THAT(sample, IsOk());
  EXPECT_FALSE(sample->jails[0].start || sample->jails[0].usage || sample->jails[0].counts);
}

TEST_F(UsageOfJails, another_jail_with_the_number) {
  ::strcpy(static_cast<char*>(kernel.info.name), "mail");
  EXPECT_EQ(take_sample(kernel, sources)->jails[0].start, std::nullopt);
}

TEST_F(UsageOfJails, no_list) {
  sources.proc = temp / "none";
  EXPECT_THAT(take_sample(kernel, sources), IsError(ENOENT));
  EXPECT_THAT(take_sample(kernel, sources), FailsWith("seen outside of jails only"));
  kernel.version_error = ENOSYS;
  EXPECT_THAT(take_sample(kernel, sources), FailsWith("has no jail() system call"));
}

}  // namespace
}  // namespace monitor
