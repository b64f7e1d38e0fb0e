// SPDX-License-Identifier: BSD-2-Clause
// jailctl stats. The kernel of a unit test counts nothing.
#include "tools/jailctl/stats.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "tools/jailctl/tool_fixture.hpp"

namespace jailctl {
namespace {

using libjail::testing::read_text;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class Stats : public testing::ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    jails("7 0 active 2 00000000000485fb 10.2.3.4 web www /srv/web\n");
    kernel.version_error = ENOSYS;
    temp.folder("out");
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(temp / "out"), {}));
  }
};

TEST_F(Stats, are_printed) {
  temp.file("cgroup/jail/web/cgroup.procs", "");
  temp.file("cgroup/jail/web/memory.current", "4096\n");
  const auto outcome = run({"stats"});
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\njail_memory_bytes{jail=\"web\"} 4096\n"));
  EXPECT_THAT(outcome.out, EndsWith("# EOF\n"));
}

TEST_F(Stats, replace_a_file) {
  temp.file("out/jails.prom", "old");
  ASSERT_EQ(::chmod((temp / "out/jails.prom").c_str(), 0600), 0);
  const auto outcome = run({"stats", "-o", temp / "out/jails.prom"});
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(read_text(temp / "out/jails.prom"), run({"stats"}).out);
  struct stat st {};
  ASSERT_EQ(::stat((temp / "out/jails.prom").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777U, 0644U) << "who collects is another user";
  EXPECT_EQ(files(), 1U);
}

TEST_F(Stats, failures_leave_no_file) {
  temp.folder("out/taken/x");
  const auto outcome = run({"stats", "-o", temp / "out/taken"});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_EQ(outcome.err, "jailctl: " + (temp / "out/taken") + ": Is a directory\n");
  EXPECT_EQ(files(), 1U);
  EXPECT_THAT(run({"stats", "-o", temp / "none/x"}).err, HasSubstr("No such file"));
}

TEST_F(Stats, no_jails_in_the_kernel) {
  std::filesystem::remove(temp / "proc/jails");
  const auto outcome = run({"stats"});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("has no jail() system call"));
}

}  // namespace
}  // namespace jailctl
