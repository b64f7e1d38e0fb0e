// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/limits.hpp"

#include "testing/matchers.hpp"
#include "tools/jailctl/limits_change.hpp"
#include "tools/jailctl/limits_table.hpp"
#include "tools/jailctl/tool_fixture.hpp"

namespace jailctl {
namespace {

using libjail::conf::IoLimit;
using libjail::conf::Limits;
using libjail::limits::Usage;
using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using libjail::testing::read_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(LimitsChange, values) {
  const auto change = parse_limits_change(
      {"memory=512M", "cpu=150%", "pids=64", "io=8:0 rbps=1K", "io=/dev/sda wiops=7"});
  ASSERT_THAT(change, IsOk());
  EXPECT_EQ(change->limits, (Limits{.memory = 512U << 20,
                                    .cpu = 150,
                                    .pids = 64,
                                    .io = {IoLimit{.device = "8:0", .rbps = 1024},
                                           IoLimit{.device = "/dev/sda", .wiops = 7}}}));
}

TEST(LimitsChange, lifted) {
  const auto change = parse_limits_change({"memory=max", "cpu=max", "pids=max", "io=8:0 max"});
  ASSERT_THAT(change, IsOk());
  EXPECT_EQ(change->limits, Limits{});
  EXPECT_TRUE(change->lifted.memory && change->lifted.cpu && change->lifted.pids);
  EXPECT_THAT(change->lifted.io, ElementsAre("8:0"));
}

TEST(LimitsChange, refused) {
  EXPECT_THAT(parse_limits_change({"memory"}), FailsWith("is no limit"));
  EXPECT_THAT(parse_limits_change({"disk=1G"}), FailsWith("\"disk\" cannot be limited"));
  EXPECT_THAT(parse_limits_change({"memory=lots"}), FailsWith("is no size"));
  EXPECT_THAT(parse_limits_change({"cpu=50"}), FailsWith("is no share of a CPU"));
  EXPECT_THAT(parse_limits_change({"pids=0"}), FailsWith("give 1 or more"));
  EXPECT_THAT(parse_limits_change({"pids=4", "pids=max"}), FailsWith("pids=max: given twice"));
  EXPECT_THAT(parse_limits_change({"io=8:0 max", "io=8:0 rbps=1"}), FailsWith("given twice"));
  EXPECT_THAT(parse_limits_change({"io=sda max"}), FailsWith("neither MAJOR:MINOR nor"));
  EXPECT_THAT(parse_limits_change({"io=8:0"}), FailsWith("limits nothing"));
}

TEST(LimitsTable, use_beside_limits) {
  const Usage usage{
      .memory = 12900000,
      .memory_peak = 268435456,
      .cpu_usec = 1234567,
      .pids = 3,
      .io = {{.device = "8:0", .rbytes = 2048, .wbytes = 5, .rios = 1, .wios = 2}},
      .limits = {.memory = 536870912,
                 .cpu = 50,
                 .io = {{.device = "8:0", .rbps = 20971520}, {.device = "8:16", .wiops = 9}}}};
  EXPECT_THAT(
      limits_table(usage, {}, false).rows,
      ElementsAre(
          ElementsAre("memory", "12.3M", "256M", "512M"), ElementsAre("cpu", "1.234s", "", "50%"),
          ElementsAre("pids", "3", "", ""), ElementsAre("io 8:0 read", "2K", "", "20M"),
          ElementsAre("io 8:0 written", "5", "", ""), ElementsAre("io 8:0 reads", "1", "", ""),
          ElementsAre("io 8:0 writes", "2", "", ""), ElementsAre("io 8:16 read", "0", "", ""),
          ElementsAre("io 8:16 written", "0", "", ""), ElementsAre("io 8:16 reads", "0", "", ""),
          ElementsAre("io 8:16 writes", "0", "", "9")));
  EXPECT_THAT(limits_table(usage, {}, true).rows[0],
              ElementsAre("memory", "12900000", "268435456", "536870912"));
  EXPECT_THAT(limits_table(usage, {}, true).rows[1], ElementsAre("cpu", "1234567", "", "50"));
  const libjail::roots::Space space{.used = 3145728, .size = 33554432};
  EXPECT_THAT(limits_table(usage, space, false).rows[3], ElementsAre("disk", "3M", "", "32M"));
}

TEST(LimitsTable, extremes) {
  const Usage usage{.memory = ~0ULL, .memory_peak = 1023, .cpu_usec = 5000};
  EXPECT_THAT(limits_table(usage, {}, false).rows[0], ElementsAre("memory", "15.9E", "1023", ""));
  EXPECT_THAT(limits_table(usage, {}, false).rows[1], ElementsAre("cpu", "0.005s", "", ""));
}

/// The subcommand, with the kernel's part played by files.
class LimitsOfJail : public testing::ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    temp.file("cgroup/jail/web/cgroup.procs", "");
    temp.file("cgroup/jail/web/pids.max", "max\n");
    temp.file("cgroup/jail/web/pids.current", "3\n");
  }
  [[nodiscard]] std::string limit() const { return read_text(temp / "cgroup/jail/web/pids.max"); }
};

TEST_F(LimitsOfJail, are_shown) {
  const auto outcome = run({"limits", "web"});
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_THAT(outcome.out,
              MatchesRegex("RESOURCE +USE +PEAK +LIMIT\nmemory .*\n.*\npids +3 +- +-\n"));
  jails("7 0 active 2 00000000000485fb 10.9.0.2 web www /srv/web\n");
  EXPECT_EQ(run({"limits", "7"}).out, outcome.out);
  EXPECT_THAT(run({"limits", "--json", "web"}).out,
              HasSubstr("\"resource\": \"pids\",\n      \"use\": 3,\n      \"peak\": null"));
}

TEST_F(LimitsOfJail, are_changed) {
  const auto outcome = run({"limits", "web", "pids=9"});
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(limit(), "9");
  EXPECT_EQ(run({"limits", "web", "pids=max"}).status, kOk);
  EXPECT_EQ(limit(), "max");
}

TEST_F(LimitsOfJail, stay_with_dry_run) {
  const auto outcome = run({"limits", "-n", "web", "pids=9"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.out, "echo \"9\" > " + (temp / "cgroup/jail/web/pids.max") + "\n");
  EXPECT_EQ(limit(), "max\n");
}

TEST_F(LimitsOfJail, failures) {
  const auto wrong = run({"limits", "web", "pids=none"});
  EXPECT_EQ(wrong.status, kUsage);
  EXPECT_THAT(wrong.err, HasSubstr("is no number of processes"));
  const auto other = run({"limits", "db"});
  EXPECT_EQ(other.status, kFailure);
  EXPECT_THAT(other.err, HasSubstr("jailctl: db: control group " + (temp / "cgroup/jail/db")));
  const auto missing = run({"limits", "web", "memory=1M"});
  EXPECT_EQ(missing.status, kFailure);
  EXPECT_THAT(missing.err, HasSubstr("CONFIG_MEMCG"));
}

}  // namespace
}  // namespace jailctl
