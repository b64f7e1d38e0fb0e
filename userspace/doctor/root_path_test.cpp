// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/root_path.hpp"

#include "doctor/fixture.hpp"

namespace libjail::doctor {
namespace {

using libjail::testing::IsError;
using ::testing::ElementsAre;
using testing::Is;
using ::testing::IsEmpty;

class RootPath : public testing::DoctorTest {
 protected:
  void SetUp() override {
    DoctorTest::SetUp();
    temp.folder("above/root");
    subject.root = temp / "above/root";
    ASSERT_EQ(::chmod((temp / "above").c_str(), 0755), 0);
    ASSERT_EQ(::chmod(subject.root.c_str(), 0755), 0);
  }
  std::vector<Finding> findings() { return DoctorTest::findings(Scope::kFatal); }
};

TEST_F(RootPath, of_root_alone) {
  EXPECT_THAT(findings(), IsEmpty());
  subject.root = temp / "above/./root/../root//";
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(RootPath, owner) {
  ASSERT_EQ(::chown((temp / "above").c_str(), 1000, 0), 0);
  auto found = findings();
  ASSERT_THAT(found, ElementsAre(Is("path-owner", temp / "above")));
  EXPECT_FALSE(found[0].repair) << "only the root directory itself is mended";
  ASSERT_EQ(::chown((temp / "above").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(subject.root.c_str(), 1000, 0), 0);
  found = findings();
  ASSERT_THAT(found, ElementsAre(Is("path-owner", subject.root)));
  EXPECT_TRUE(found[0].repair);
}

TEST_F(RootPath, others_may_write) {
  for (const auto& place : {temp / "above", subject.root}) {
    ASSERT_EQ(::chmod(place.c_str(), 0757), 0);
    EXPECT_THAT(findings(), ElementsAre(Is("path-writable", place)));
    ASSERT_EQ(::chmod(place.c_str(), 0775), 0);
    EXPECT_THAT(findings(), IsEmpty()) << "the group is root's";
    ASSERT_EQ(::chown(place.c_str(), 0, 50), 0);
    EXPECT_THAT(findings(), ElementsAre(Is("path-writable", place)));
    ASSERT_EQ(::chown(place.c_str(), 0, 0), 0);
    ASSERT_EQ(::chmod(place.c_str(), 0755), 0);
  }
}

TEST_F(RootPath, sticky_folder_keeps_what_is_in_it) {
  ASSERT_EQ(::chmod((temp / "above").c_str(), 01777), 0);
  EXPECT_THAT(findings(), IsEmpty());
  ASSERT_EQ(::chmod(subject.root.c_str(), 01777), 0);
  EXPECT_THAT(findings(), ElementsAre(Is("path-writable", subject.root)))
      << "but anybody may put things into it";
}

TEST_F(RootPath, symbolic_links) {
  temp.link("link", "above");
  subject.root = temp / "link/root";
  EXPECT_THAT(findings(), ElementsAre(Is("path-symlink", temp / "link")));
  temp.link("absolute", temp / "above/root");
  subject.root = temp / "absolute";
  EXPECT_THAT(findings(), ElementsAre(Is("path-symlink", temp / "absolute")));
  ASSERT_EQ(::chmod((temp / "above").c_str(), 0777), 0);
  EXPECT_THAT(findings(), ElementsAre(Is("path-symlink", temp / "absolute"),
                                      Is("path-writable", temp / "above")))
      << "what the link leads through counts too";
  temp.link("loop", "loop");
  subject.root = temp / "loop";
  EXPECT_THAT(examine(kernel, subject, Scope::kFatal, sources), IsError(ELOOP));
}

TEST_F(RootPath, no_directory) {
  temp.file("file", "");
  subject.root = temp / "file";
  EXPECT_THAT(examine(kernel, subject, Scope::kFatal, sources), IsError(ENOTDIR));
  subject.root = "";
  EXPECT_THAT(examine(kernel, subject, Scope::kFatal, sources), IsError(EINVAL));
}

}  // namespace
}  // namespace libjail::doctor
