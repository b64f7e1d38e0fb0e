// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/processes.hpp"

#include <gmock/gmock.h>

#include "testing/fake_kernel.hpp"

namespace monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Processes : public ::testing::Test {
 protected:
  void SetUp() override {
    process("12",
            "Name:\tsh\nState:\tS (sleeping)\nPPid:\t1\nUid:\t33\t0\nVmRSS:\t     8 kB\nJid:\t7\n",
            "12 (a) b) S 1 12 12 0 -1 4 0 0 0 0 250 50 0 0 20 0 1 0\n",
            std::string("sh\0-c\0ls\0", 9));
    process("9", "Name:\tkept\nState:\tZ\nPPid:\t12\nUid:\t0\nJid:\t7\n", "", "");
    process("13", "Name:\tother\nJid:\t8\n", "", "other");
    temp.file("proc/self/status", "Jid:\t7\n");
  }
  void process(const std::string& pid, const std::string& status, const std::string& stat,
               const std::string& command) const {
    temp.file("proc/" + pid + "/status", status);
    temp.file("proc/" + pid + "/stat", stat);
    temp.file("proc/" + pid + "/cmdline", command);
  }

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
};

TEST_F(Processes, of_a_jail) {
  EXPECT_THAT(processes_of(kernel, temp / "proc", 7),
              ElementsAre(Process{.pid = 9, .parent = 12, .state = "Z", .command = "[kept]"},
                          Process{.pid = 12,
                                  .parent = 1,
                                  .uid = 33,
                                  .state = "S",
                                  .memory = 8192,
                                  .cpu = 300,
                                  .command = "sh -c ls"}));
}

TEST_F(Processes, none) {
  EXPECT_THAT(processes_of(kernel, temp / "proc", 70), IsEmpty());
  EXPECT_THAT(processes_of(kernel, temp / "none", 7), IsEmpty());
}

}  // namespace
}  // namespace monitor
