// SPDX-License-Identifier: BSD-2-Clause
#include "jail/mounts.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

class Mounts : public ::testing::Test {
 protected:
  Result<std::vector<std::string>> mount() {
    const UniqueFd fd(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return mount_filesystems(kernel, fd.get(), "/srv/web");
  }

  testing::TempDir root;
  testing::FakeKernel kernel;
};

TEST_F(Mounts, namespace_is_private_before_it_is_used) {
  ASSERT_THAT(enter_private_mounts(kernel), IsOk());
  EXPECT_THAT(kernel.calls, ElementsAre("unshare", "make_mounts_private"));
}

TEST_F(Mounts, namespace_needs_root) {
  kernel.fail("unshare", EPERM);
  EXPECT_THAT(enter_private_mounts(kernel), FailsWith("run as root"));
  EXPECT_THAT(kernel.calls, ElementsAre("unshare"));
}

TEST_F(Mounts, namespace_that_stays_shared_is_an_error) {
  kernel.fail("make_mounts_private", EINVAL);
  EXPECT_THAT(enter_private_mounts(kernel), IsError(EINVAL));
}

TEST_F(Mounts, all_four) {
  root.folder("proc");
  root.folder("dev");
  const auto mounted = mount();
  ASSERT_THAT(mounted, IsOk());
  EXPECT_THAT(*mounted, ElementsAre("/proc", "/dev", "/dev/pts", "/dev/shm"));
  for (const char* call :
       {"fsconfig devpts newinstance", "fsconfig devpts ptmxmode=0666", "fsconfig devpts mode=0620",
        "fsconfig devpts gid=5", "fsconfig devpts max=1024", "fsconfig tmpfs mode=1777"}) {
    EXPECT_TRUE(kernel.called(call)) << call;
  }
}

TEST_F(Mounts, missing_directories_are_left_out) {
  ASSERT_THAT(mount(), IsOk());
  EXPECT_THAT(*mount(), IsEmpty());
  root.folder("proc");
  EXPECT_THAT(*mount(), ElementsAre("/proc"));
}

TEST_F(Mounts, dev_has_the_allowed_nodes_and_no_others) {
  root.folder("dev");
  ASSERT_THAT(mount(), IsOk());
  std::vector<std::string> names;
  std::map<std::string, std::string> links;
  for (const auto& entry : std::filesystem::directory_iterator(kernel.mounted(0).path())) {
    names.push_back(entry.path().filename());
    if (entry.is_symlink()) {
      links[names.back()] = std::filesystem::read_symlink(entry.path());
    }
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("null", "zero", "full", "random", "urandom",
                                                     "tty", "ptmx", "fd", "stdin", "stdout",
                                                     "stderr", "pts", "shm"));
  EXPECT_EQ(links["null"], "1:3");
  EXPECT_EQ(links["zero"], "1:5");
  EXPECT_EQ(links["full"], "1:7");
  EXPECT_EQ(links["random"], "1:8");
  EXPECT_EQ(links["urandom"], "1:9");
  EXPECT_EQ(links["tty"], "5:0");
  EXPECT_EQ(links["ptmx"], "pts/ptmx");
}

TEST_F(Mounts, umask_is_put_back) {
  root.folder("dev");
  const mode_t before = ::umask(027);
  ASSERT_THAT(mount(), IsOk());
  EXPECT_EQ(::umask(027), static_cast<mode_t>(027));
  kernel.fail("mknodat full", EPERM);
  EXPECT_THAT(mount(), FailsWith("make /dev/full"));
  EXPECT_EQ(::umask(before), static_cast<mode_t>(027));
}

TEST_F(Mounts, file_system_that_is_not_built_in_is_named) {
  root.folder("dev");
  kernel.fail("fsopen devpts", ENODEV);
  EXPECT_THAT(mount(), FailsWith("mount devpts: No such device (the kernel is built without it)"));
}

TEST_F(Mounts, every_failure_ends_it_at_once_and_leaks_nothing) {
  root.folder("proc");
  root.folder("dev");
  ASSERT_THAT(mount(), IsOk());
  const std::size_t count = kernel.calls.size();
  ASSERT_GT(count, 30U);
  const int before = testing::open_descriptors();
  for (std::size_t i = 0; i < count; ++i) {
    testing::FakeKernel failing;
    failing.fail_at(i, EIO);
    const UniqueFd fd(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    EXPECT_THAT(mount_filesystems(failing, fd.get(), "/srv/web"), IsError(EIO)) << i;
    EXPECT_EQ(failing.calls.size(), i + 1) << "went on after " << failing.calls.back();
    EXPECT_EQ(testing::open_descriptors(), before + 1) << failing.calls.back();
  }
}

}  // namespace
}  // namespace libjail
