// SPDX-License-Identifier: BSD-2-Clause
#include "roots/tree.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "jail/linux_kernel.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::roots {
namespace {

namespace fs = std::filesystem;
using libjail::testing::IsError;
using libjail::testing::IsOk;

class Tree : public ::testing::Test {
 protected:
  Result<void> remove(const std::string& name) {
    const UniqueFd dir(::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return remove_tree(kernel, dir.get(), name);
  }

  libjail::testing::TempDir temp;
  LinuxKernel kernel;
};

TEST_F(Tree, is_gone_with_all_kinds_of_files) {
  temp.file("tree/a/b/c", "text");
  temp.link("tree/a/link", "/nowhere");
  temp.folder("tree/empty");
  ASSERT_EQ(::mkfifo((temp / "tree/fifo").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((temp / "tree/a").c_str(), 0), 0);
  const int before = libjail::testing::open_descriptors();
  EXPECT_THAT(remove("tree"), IsOk());
  EXPECT_FALSE(fs::exists(temp / "tree"));
  EXPECT_EQ(libjail::testing::open_descriptors(), before);
}

TEST_F(Tree, that_is_not_there_is_no_error) { EXPECT_THAT(remove("none"), IsOk()); }

TEST_F(Tree, links_are_removed_and_not_followed) {
  temp.file("kept/file", "text");
  temp.link("tree/folder", "../kept");
  temp.link("tree/file", temp / "kept/file");
  EXPECT_THAT(remove("tree"), IsOk());
  EXPECT_TRUE(fs::exists(temp / "kept/file"));
}

TEST_F(Tree, that_is_a_link_is_refused) {
  temp.file("kept/file", "text");
  temp.link("tree", "kept");
  EXPECT_THAT(remove("tree"), IsError(ENOTDIR));
  EXPECT_THAT(remove("../x"), IsError(EXDEV));
  EXPECT_TRUE(fs::exists(temp / "kept/file"));
}

TEST_F(Tree, of_any_depth_needs_few_descriptors) {
  temp.folder("tree");
  UniqueFd at(::open((temp / "tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "a", 0755), 0);
    at.reset(::openat(at.get(), "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(at);
  }
  at.reset();
  EXPECT_THAT(remove("tree"), IsOk());
  EXPECT_FALSE(fs::exists(temp / "tree"));
}

TEST_F(Tree, names_that_look_like_ours_do_no_harm) {
  temp.file("tree/.remove-0/x", "");
  temp.file("tree/a/b/.remove-1/c/d", "");
  temp.file("tree/.remove-2", "");
  EXPECT_THAT(remove("tree"), IsOk());
  EXPECT_FALSE(fs::exists(temp / "tree"));
}

TEST_F(Tree, immutable_files_go_and_their_other_names_stay_immutable) {
  temp.file("tree/file", "text");
  temp.folder("other");
  ASSERT_EQ(::link((temp / "tree/file").c_str(), (temp / "other/file").c_str()), 0);
  const UniqueFd file(::open((temp / "tree/file").c_str(), O_RDONLY | O_CLOEXEC));
  if (!set_immutable(file.get(), true)) GTEST_SKIP() << "no immutable flag here";
  ASSERT_EQ(::unlink((temp / "tree/file").c_str()), -1) << "the control";
  EXPECT_THAT(remove("tree"), IsOk());
  EXPECT_FALSE(fs::exists(temp / "tree"));
  EXPECT_TRUE(fs::exists(temp / "other/file"));
  EXPECT_TRUE(*is_immutable(file.get()));
  EXPECT_THAT(remove("other"), IsOk());
}

TEST_F(Tree, immutable_folders_go_at_any_depth) {
  for (const int flag : {FS_IMMUTABLE_FL, FS_APPEND_FL}) {
    temp.file("tree/a/b/c/file", "text");
    for (const char* name : {"tree/a/b/c", "tree/a/b", "tree/a", "tree"}) {
      const UniqueFd folder(::open((temp / name).c_str(), O_RDONLY | O_CLOEXEC));
      if (::ioctl(folder.get(), FS_IOC_SETFLAGS, &flag) < 0) GTEST_SKIP() << "no such flag here";
    }
    ASSERT_EQ(::rename((temp / "tree/a/b").c_str(), (temp / "tree/b").c_str()), -1)
        << "the control";
    EXPECT_THAT(remove("tree"), IsOk());
    EXPECT_FALSE(fs::exists(temp / "tree"));
  }
}

TEST_F(Tree, entries_are_those_of_the_folder) {
  temp.file("file", "");
  temp.link("link", "file");
  const UniqueFd dir(::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto all = entries(dir.get());
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  for (const auto& entry : *all) EXPECT_EQ(S_ISLNK(entry.mode), entry.name == "link");
}

}  // namespace
}  // namespace libjail::roots
