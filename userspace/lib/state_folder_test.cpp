// SPDX-License-Identifier: BSD-2-Clause
#include "lib/state_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <csignal>

#include "jail/linux_kernel.hpp"
#include "lib/text.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail {
namespace {

class Locks : public ::testing::Test {
 protected:
  /// Whether another process could lock it.
  [[nodiscard]] bool can_lock(const std::string& name, int operation) const {
    const UniqueFd file(::open((temp / name).c_str(), O_RDWR | O_CLOEXEC));
    return lock_file(file.get(), operation).has_value();
  }

  libjail::testing::TempDir temp;
};

TEST_F(Locks, last_until_the_helper_of_a_killed_process_is_done) {
  const std::string pid_file = temp / "pid";
  {
    const auto state = StateFolder::open(temp.path(), "things");
    ASSERT_THAT(state, libjail::testing::IsOk());
    const auto made = state->create("thing", "text");
    ASSERT_THAT(made, libjail::testing::IsOk());
    const auto file = state->file("thing");
    ASSERT_TRUE(file);
    ASSERT_TRUE(lock_file(file->get(), LOCK_SH));
    LinuxKernel kernel;
    const auto status =
        kernel.run({"/bin/sh", "-c", "/bin/sleep 1000 >/dev/null 2>&1 & echo $! >" + pid_file});
    ASSERT_EQ(status.value_or(-1), 0);
  }
  EXPECT_FALSE(can_lock("lock", LOCK_EX | LOCK_NB));
  EXPECT_FALSE(can_lock("things/thing", LOCK_EX | LOCK_NB));
  const auto text = libjail::testing::read_text(pid_file);
  const auto pid = parse_number<pid_t>(text.substr(0, text.find('\n')));
  ASSERT_TRUE(pid);
  ASSERT_EQ(::kill(*pid, SIGKILL), 0);
  EXPECT_TRUE(can_lock("lock", LOCK_EX));
  EXPECT_TRUE(can_lock("things/thing", LOCK_EX));
}

}  // namespace
}  // namespace libjail
