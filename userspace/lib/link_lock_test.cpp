// SPDX-License-Identifier: BSD-2-Clause
#include "jail/link_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::IsError;
using testing::IsOk;

class LinkLock : public ::testing::Test {
 protected:
  void SetUp() override {
    store.folder("web/root");
    store.folder(".base");
    ASSERT_EQ(::chmod(bases.c_str(), 0700), 0);
  }
  Result<UniqueFd> lock() {
    const UniqueFd root(::open((store / "web/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return lock_out_linking(kernel, root.get());
  }
  [[nodiscard]] bool can_link() const {
    const UniqueFd other(::open(bases.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return ::flock(other.get(), LOCK_EX | LOCK_NB) == 0;
  }

  testing::TempDir store;
  std::string bases = store / ".base";
  testing::FakeKernel kernel;
};

TEST_F(LinkLock, holds_off_the_one_who_links_but_no_other_start) {
  EXPECT_TRUE(can_link());
  const auto first = lock();
  ASSERT_THAT(first, IsOk());
  EXPECT_TRUE(*first);
  EXPECT_FALSE(can_link());
  {
    const auto second = lock();
    ASSERT_THAT(second, IsOk());
    EXPECT_TRUE(*second);
  }
  EXPECT_FALSE(can_link());
}

TEST_F(LinkLock, ends_with_the_descriptor) {
  { const auto held = lock(); }
  EXPECT_TRUE(can_link());
}

TEST_F(LinkLock, folder_that_others_can_open_is_none) {
  ASSERT_EQ(::chmod(bases.c_str(), 0755), 0);
  const auto none = lock();
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none) << "anybody could lock it for ever";
  EXPECT_TRUE(can_link());
}

TEST_F(LinkLock, link_is_not_followed) {
  ASSERT_EQ(::rename(bases.c_str(), (store / "elsewhere").c_str()), 0);
  store.link(".base", "elsewhere");
  const auto none = lock();
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none);
}

TEST_F(LinkLock, other_roots_have_none) {
  ASSERT_EQ(::rmdir(bases.c_str()), 0);
  const auto none = lock();
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none);
}

TEST_F(LinkLock, cannot_be_told) {
  kernel.fail("openat2 ../../.base", EMFILE);
  EXPECT_THAT(lock(), IsError(EMFILE));
}

}  // namespace
}  // namespace libjail
