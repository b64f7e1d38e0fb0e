// SPDX-License-Identifier: BSD-2-Clause
#include "jail/root_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

class RootLocks : public ::testing::Test {
 protected:
  void SetUp() override {
    store.folder("web/root");
    store.folder(".base");
    ASSERT_EQ(::chmod(store.path().c_str(), 0700), 0);
  }
  Result<RootLock> lock() {
    const UniqueFd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return RootLock::acquire(kernel, root.get(), path);
  }
  [[nodiscard]] bool is_free(const char* folder) const {
    const UniqueFd other(::open((store / folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return ::flock(other.get(), LOCK_EX | LOCK_NB) == 0;
  }

  testing::TempDir store;
  std::string path = store / "web/root";
  testing::FakeKernel kernel;
};

TEST_F(RootLocks, hold_off_jailctl_but_no_other_start) {
  EXPECT_TRUE(is_free("web"));
  EXPECT_TRUE(is_free(".base"));
  const auto first = lock();
  ASSERT_THAT(first, IsOk());
  EXPECT_TRUE(*first);
  EXPECT_FALSE(is_free("web"));
  EXPECT_FALSE(is_free(".base"));
  {
    const auto second = lock();
    ASSERT_THAT(second, IsOk());
    EXPECT_TRUE(*second);
  }
  EXPECT_FALSE(is_free("web"));
}

TEST_F(RootLocks, end_with_the_object) {
  { const auto held = lock(); }
  EXPECT_TRUE(is_free("web"));
  auto held = lock();
  ASSERT_THAT(held, IsOk());
  held->reset();
  EXPECT_FALSE(*held);
  EXPECT_TRUE(is_free("web"));
  EXPECT_TRUE(is_free(".base"));
}

TEST_F(RootLocks, store_that_others_can_open_has_none) {
  ASSERT_EQ(::chmod(store.path().c_str(), 0755), 0);
  const auto none = lock();
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none) << "anybody could lock it for ever";
  EXPECT_TRUE(is_free("web"));
}

TEST_F(RootLocks, directory_in_a_root_has_none) {
  store.folder("web/root/srv");
  store.folder("web/root/root");
  ASSERT_EQ(::chmod((store / "web").c_str(), 0700), 0);
  path = store / "web/root/srv";
  const auto none = lock();
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none) << "the jail around it could lock its own root for ever";
  EXPECT_TRUE(is_free("web/root"));
}

TEST_F(RootLocks, without_shared_files) {
  ASSERT_EQ(::rename((store / ".base").c_str(), (store / "elsewhere").c_str()), 0);
  EXPECT_TRUE(*lock());
  store.link(".base", "elsewhere");
  const auto held = lock();
  ASSERT_THAT(held, IsOk());
  EXPECT_TRUE(*held);
  EXPECT_TRUE(is_free("elsewhere")) << "a link is not followed";
}

TEST_F(RootLocks, root_that_was_removed_meanwhile) {
  const UniqueFd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::rename((store / "web").c_str(), (store / ".web.unfinished").c_str()), 0);
  const auto gone = RootLock::acquire(kernel, root.get(), path);
  EXPECT_THAT(gone, IsError(ENOENT));
  EXPECT_THAT(gone, FailsWith("web/root was removed meanwhile"));
  store.folder("web/root");
  EXPECT_THAT(RootLock::acquire(kernel, root.get(), path), IsError(ENOENT)) << "that is another";
  EXPECT_TRUE(is_free(".web.unfinished"));
}

TEST_F(RootLocks, cannot_be_told) {
  kernel.fail("openat2 ../../.base", EMFILE);
  EXPECT_THAT(lock(), IsError(EMFILE));
  kernel.fail("openat2 ..", EMFILE);
  EXPECT_THAT(lock(), IsError(EMFILE));
  kernel.fail("openat2 ../..", EMFILE);
  EXPECT_THAT(lock(), IsError(EMFILE));
  kernel.fail("openat2 ../..", EACCES);
  EXPECT_THAT(lock(), IsOk()) << "it lies on another host, which does not let root in";
}

}  // namespace
}  // namespace libjail
