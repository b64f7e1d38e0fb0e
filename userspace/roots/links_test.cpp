// SPDX-License-Identifier: BSD-2-Clause
#include "roots/links.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "jail/linux_kernel.hpp"
#include "roots/tree.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::roots {
namespace {

namespace fs = std::filesystem;
using libjail::testing::FailsWith;
using libjail::testing::IsOk;

TEST(IsLinked, only_files_outside_of_own_folders) {
  EXPECT_TRUE(is_linked("usr/bin/env", S_IFREG | 0755));
  EXPECT_TRUE(is_linked("file", S_IFREG | 0644));
  EXPECT_TRUE(is_linked("usr/etc/passwd", S_IFREG | 0644)) << "not at the top";
  EXPECT_FALSE(is_linked("etc/passwd", S_IFREG | 0644));
  EXPECT_FALSE(is_linked("var/lib/x", S_IFREG | 0644));
  EXPECT_FALSE(is_linked("usr/bin/sh", S_IFLNK | 0777));
  EXPECT_FALSE(is_linked("usr/fifo", S_IFIFO | 0600));
}

class Links : public ::testing::Test {
 protected:
  void SetUp() override {
    temp.file("base/usr/bin/env", "env");
    temp.file("base/etc/passwd", "passwd");
    for (const char* name : {"one", "two"}) {
      temp.folder(std::string(name) + "/usr/bin");
      temp.folder(std::string(name) + "/etc");
    }
    const UniqueFd probe = open("base/usr/bin/env");
    if (!set_immutable(probe.get(), true)) GTEST_SKIP() << "no immutable flag here";
    ASSERT_TRUE(set_immutable(probe.get(), false));
  }
  void TearDown() override {
    // What is immutable could not be removed.
    const UniqueFd dir = open(".");
    for (const char* name : {"base", "one", "two"}) {
      EXPECT_THAT(remove_tree(kernel, dir.get(), name), IsOk());
    }
  }

  UniqueFd open(const std::string& name) const {
    return UniqueFd(::open((temp / name).c_str(), O_RDONLY | O_CLOEXEC));
  }
  Result<void> link(const std::string& to) {
    return link_files(kernel, open("base").get(), open(to).get(), interrupted);
  }
  bool sealed(const std::string& name) {
    const UniqueFd file = open(name);
    return is_immutable(file.get()).value_or(false);
  }

  libjail::testing::TempDir temp;
  LinuxKernel kernel;
  std::function<bool()> interrupted = [] { return false; };
};

TEST_F(Links, are_immutable) {
  ASSERT_THAT(link("one"), IsOk());
  EXPECT_TRUE(fs::equivalent(temp / "base/usr/bin/env", temp / "one/usr/bin/env"));
  EXPECT_FALSE(fs::exists(temp / "one/etc/passwd")) << "that is copied";
  EXPECT_TRUE(sealed("one/usr/bin/env"));
  EXPECT_FALSE(sealed("base/etc/passwd"));

  const std::string file = temp / "one/usr/bin/env";
  EXPECT_EQ(::open(file.c_str(), O_WRONLY | O_CLOEXEC), -1);
  EXPECT_EQ(::chmod(file.c_str(), 0777), -1);
  EXPECT_EQ(::chown(file.c_str(), 1, 1), -1);
  EXPECT_EQ(::unlink(file.c_str()), -1);
  EXPECT_EQ(::rename(file.c_str(), (file + "2").c_str()), -1);
}

TEST_F(Links, of_what_is_immutable_already) {
  ASSERT_THAT(link("one"), IsOk());
  ASSERT_EQ(::link((temp / "base/usr/bin/env").c_str(), (temp / "two/x").c_str()), -1)
      << "the control: the kernel refuses";
  ASSERT_THAT(link("two"), IsOk());
  EXPECT_TRUE(fs::equivalent(temp / "base/usr/bin/env", temp / "two/usr/bin/env"));
  EXPECT_TRUE(sealed("one/usr/bin/env"));
}

TEST_F(Links, failure_leaves_files_immutable) {
  ASSERT_THAT(link("one"), IsOk());
  temp.file("two/usr/bin/env", "in the way");
  EXPECT_THAT(link("two"), FailsWith("link \"env\": File exists"));
  EXPECT_TRUE(sealed("one/usr/bin/env"));
}

TEST_F(Links, what_a_killed_tool_left_free_is_sealed_again) {
  ASSERT_THAT(link("one"), IsOk());
  ASSERT_TRUE(set_immutable(open("base/usr/bin/env").get(), false));
  ASSERT_THAT(seal_files(kernel, open("base").get()), IsOk());
  EXPECT_TRUE(sealed("one/usr/bin/env"));
}

TEST_F(Links, folder_that_became_a_link_is_not_followed) {
  fs::remove_all(temp / "two/usr");
  temp.folder("elsewhere/bin");
  temp.link("two/usr", "../elsewhere");
  EXPECT_THAT(link("two"), FailsWith("folder \"usr\""));
  EXPECT_FALSE(fs::exists(temp / "elsewhere/bin/env"));
}

TEST_F(Links, can_be_interrupted) {
  interrupted = [] { return true; };
  EXPECT_THAT(link("one"), FailsWith("interrupted"));
}

}  // namespace
}  // namespace libjail::roots
