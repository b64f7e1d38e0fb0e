// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/watch.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "jail/unique_fd.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"
#include "tools/jailtop/batch.hpp"

namespace jailtop {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class Watching : public ::testing::Test {
 protected:
  void SetUp() override {
    temp.file("proc/jails",
              "jid parent state processes ceiling address name hostname path\n"
              "7 0 active 1 00000000000485fb 10.2.3.4 web www /srv/web\n"
              "8 0 active 2 00000000000485fb 10.2.3.5 db db /srv/db\n");
    temp.file("cgroup/jail/web/cgroup.procs", "");
    temp.file("proc/12/status", "Name:\thttpd\nState:\tS\nPPid:\t1\nUid:\t0\nJid:\t7\n");
    processor(1000);
  }
  void processor(int microseconds) const {
    temp.file("cgroup/jail/web/cpu.stat", "usage_usec " + std::to_string(microseconds) + "\n");
  }
  std::string batch(const Request& request) {
    ::testing::internal::CaptureStdout();
    const auto done = run_batch(watch, request, interrupts.get());
    EXPECT_THAT(done, IsOk());
    return ::testing::internal::GetCapturedStdout();
  }

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  Watch watch{kernel, {.proc = temp / "proc", .cgroup = temp / "cgroup"}};
  libjail::UniqueFd interrupts;
};

TEST_F(Watching, rates_come_with_the_second_look) {
  ASSERT_THAT(watch.look(), IsOk());
  EXPECT_EQ(watch.summary(), "2 jails, 3 processes");
  EXPECT_EQ(watch.jails().rows[0].cells[kProcessorColumn].number, std::nullopt);
  processor(2000);
  ASSERT_THAT(watch.look(), IsOk());
  EXPECT_GT(watch.jails().rows[0].cells[kProcessorColumn].number, 0.0);
}

TEST_F(Watching, processes_of_one_jail) {
  ASSERT_THAT(watch.look(7), IsOk());
  ASSERT_EQ(watch.processes().rows.size(), 1U);
  EXPECT_EQ(watch.processes().rows[0].id, 12U);
  EXPECT_EQ(watch.processes().rows[0].cells[kProcessorColumn].text, "-");
  ASSERT_THAT(watch.look(7), IsOk());
  EXPECT_EQ(watch.processes().rows[0].cells[kProcessorColumn].text, "0.0");
  ASSERT_THAT(watch.look(8), IsOk());
  EXPECT_TRUE(watch.processes().rows.empty());
}

TEST_F(Watching, batch) {
  const auto text = batch({.batch = true, .count = 2, .delay_ms = 100, .column = 0});
  const std::string one =
      " *JID NAME .* STATE\n +8 db .*active\n +7 web +10.2.3.4 +1 +0.0 .* active\n";
  EXPECT_THAT(text, MatchesRegex(one + "\n" + one));
  EXPECT_THAT(batch({.batch = true, .count = 1, .delay_ms = 100, .filter = "10.2.3.5"}),
              MatchesRegex(" *JID [^\n]*\n +8 db [^\n]*\n"));
}

TEST_F(Watching, batch_of_json) {
  const auto text = batch({.batch = true, .json = true, .count = 2, .delay_ms = 100});
  EXPECT_THAT(text, StartsWith("{\"time\":"));
  EXPECT_THAT(text, HasSubstr(R"("jid":7,"name":"web","ip":"10.2.3.4","pids":1,"cpu_percent":0)"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST_F(Watching, batch_until_a_signal) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  interrupts = libjail::UniqueFd(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(batch({.batch = true}), "");
}

TEST_F(Watching, no_jails_in_the_kernel) {
  Watch none(kernel, {.proc = temp / "none", .cgroup = temp / "cgroup"});
  EXPECT_THAT(none.look(), FailsWith("list of jails"));
}

}  // namespace
}  // namespace jailtop
