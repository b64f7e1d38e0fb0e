// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/fstab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "jail/linux_kernel.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::conf {
namespace {

using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

class Fstab : public ::testing::Test {
 protected:
  Result<std::vector<Mount>> read(const std::string& text) {
    folder.file("fstab", text);
    return read_fstabs(kernel, config());
  }
  [[nodiscard]] JailConfig config() const {
    return {.name = "web", .path = "/srv/web", .fstabs = {folder / "fstab"}};
  }

  testing::TempDir folder;
  LinuxKernel kernel;
};

TEST_F(Fstab, lines) {
  const auto mounts = read("# a comment\n\nproc /srv/web/proc proc\n");
  ASSERT_THAT(mounts, IsOk());
  ASSERT_EQ(mounts->size(), 1U);
  EXPECT_EQ(mounts->at(0).target, "/srv/web/proc");
}

TEST_F(Fstab, mistake_is_told_with_its_line) {
  EXPECT_THAT(
      read("proc /srv/web/proc proc\nproc /elsewhere proc\n"),
      FailsWith("mount.fstab: " + (folder / "fstab") + ":2: mount \"proc /elsewhere proc\""));
}

TEST_F(Fstab, file_has_to_be_there_and_roots) {
  EXPECT_THAT(read_fstabs(kernel, config()), IsError(ENOENT));
  EXPECT_THAT(read_fstabs(kernel, config()), FailsWith("mount.fstab: " + (folder / "fstab")));
  folder.file("fstab", "");
  ASSERT_EQ(::chmod((folder / "fstab").c_str(), 0666), 0);
  EXPECT_THAT(read_fstabs(kernel, config()), IsError(EPERM));
}

}  // namespace
}  // namespace libjail::conf
