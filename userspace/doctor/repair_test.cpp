// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/repair.hpp"

#include "doctor/fixture.hpp"

namespace libjail::doctor {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using ::testing::IsEmpty;

class Repairs : public testing::DoctorTest {
 protected:
  /// The repairs of what is found.
  std::vector<Repair> repairs() {
    std::vector<Repair> all;
    for (const auto& finding : findings()) {
      if (finding.repair) all.push_back(*finding.repair);
    }
    return all;
  }
  bool exists(const std::string& name) const {
    struct stat st {};
    return ::lstat((temp / name).c_str(), &st) == 0;
  }
};

TEST_F(Repairs, nodes_go) {
  node("dev/sda", S_IFBLK, 8, 0);
  node("usr/a b", S_IFCHR, 1, 1);
  for (const auto& repair : repairs()) {
    EXPECT_THAT(mend(kernel, subject.root, repair), IsOk());
  }
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_TRUE(exists("root/dev"));
  EXPECT_TRUE(exists("root/usr"));
}

TEST_F(Repairs, owner_and_mode_of_the_root) {
  ASSERT_EQ(::chmod(subject.root.c_str(), 02777), 0);
  ASSERT_EQ(::chown(subject.root.c_str(), 1000, 50), 0);
  for (const auto& repair : repairs()) {
    EXPECT_THAT(mend(kernel, subject.root, repair), IsOk());
  }
  EXPECT_THAT(findings(), IsEmpty());
  struct stat st {};
  ASSERT_EQ(::stat(subject.root.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0755U);
  EXPECT_EQ(st.st_gid, 50U);
}

TEST_F(Repairs, only_what_was_seen) {
  node("dev/sda", S_IFBLK, 8, 0);
  const auto repair = repairs().at(0);
  ASSERT_EQ(::rename((temp / "root/dev/sda").c_str(), (temp / "kept").c_str()), 0);
  EXPECT_THAT(mend(kernel, subject.root, repair), IsOk()) << "gone is gone";
  temp.file("root/dev/sda", "precious");
  EXPECT_THAT(mend(kernel, subject.root, repair), FailsWith("is not what it was"));
  EXPECT_TRUE(exists("root/dev/sda"));
}

TEST_F(Repairs, no_link_leads_out) {
  temp.folder("outside");
  node("dev/sda", S_IFBLK, 8, 0);
  const auto repair = repairs().at(0);
  ASSERT_EQ(::rename((temp / "root/dev/sda").c_str(), (temp / "outside/sda").c_str()), 0);
  ASSERT_EQ(::rmdir((temp / "root/dev").c_str()), 0);
  temp.link("root/dev", "../outside");
  EXPECT_FALSE(mend(kernel, subject.root, repair));
  EXPECT_TRUE(exists("outside/sda"));
}

TEST_F(Repairs, another_root_stays_as_it_is) {
  ASSERT_EQ(::chmod(subject.root.c_str(), 0777), 0);
  const auto repair = repairs().at(0);
  temp.folder("other");
  ASSERT_EQ(::chmod((temp / "other").c_str(), 0777), 0);
  EXPECT_THAT(mend(kernel, temp / "other", repair), FailsWith("is not what it was"));
  struct stat st {};
  ASSERT_EQ(::stat((temp / "other").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0777U);
}

TEST_F(Repairs, what_is_mounted_there_stays) {
  // Nothing of a mount below the root carries a repair: it may be the host's.
  node("mnt/sda", S_IFBLK, 8, 0);
  mounts("2 1 0:9 / ROOT/mnt rw - tmpfs t rw\n");
  bool found = false;
  for (const auto& finding : findings()) {
    if (finding.object == "/mnt/sda" && !finding.repair) found = true;
  }
  EXPECT_TRUE(found);
}

TEST_F(Repairs, as_commands) {
  EXPECT_EQ(repair_command("/srv/a b", {.action = Repair::Action::kRemove, .path = "dev/x"}),
            "rm '/srv/a b/dev/x'");
  EXPECT_EQ(repair_command("/srv/web", {.action = Repair::Action::kSetOwner}),
            "chown root /srv/web");
  EXPECT_EQ(repair_command("/srv/web", {.action = Repair::Action::kSetMode}),
            "chmod go-w /srv/web");
}

}  // namespace
}  // namespace libjail::doctor
