// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/destroy.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include "roots/store.hpp"
#include "roots/store_fixture.hpp"

namespace libjail::roots {
namespace {

namespace fs = std::filesystem;
using libjail::testing::FailsWith;
using libjail::testing::HasValue;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Destroy : public testing::StoreTest {
 protected:
  Result<Destroyed> remove(const std::string& name = "web") { return destroy(environment, name); }
};

TEST_F(Destroy, removes_all) {
  for (const auto sharing : all_sharing()) {
    ASSERT_THAT(make(sharing), IsOk());
    EXPECT_THAT(remove(), HasValue(Destroyed::kAll));
    EXPECT_THAT(left(), IsEmpty());
  }
  EXPECT_TRUE(fs::exists(temp / "base/etc/passwd"));
}

TEST_F(Destroy, what_is_not_there) {
  EXPECT_THAT(remove(), IsError(ENOENT));
  ASSERT_THAT(make(Sharing::kCopy, "other"), IsOk());
  EXPECT_THAT(remove(), FailsWith("root directory of jail \"web\""));
  EXPECT_THAT(left(), ElementsAre("other"));
}

TEST_F(Destroy, hostile_names) {
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  temp.file("kept/file", "text");
  for (const char* name : {"../kept", "web/root", ".", "..", ".base", "/", "", "web/../web"}) {
    EXPECT_FALSE(remove(name)) << name;
  }
  EXPECT_TRUE(fs::exists(temp / "kept/file"));
  EXPECT_THAT(left(), ElementsAre("web"));
}

TEST_F(Destroy, folder_that_is_none_of_ours) {
  ASSERT_THAT(make(Sharing::kCopy, "other"), IsOk());
  temp.file("store/web/precious", "text");
  EXPECT_THAT(remove(), FailsWith("record.json: No such file"));
  temp.folder("kept");
  temp.link("store/away", "../kept");
  EXPECT_FALSE(remove("away"));
  EXPECT_TRUE(fs::exists(temp / "store/web/precious"));
  EXPECT_TRUE(fs::exists(temp / "kept"));
}

TEST_F(Destroy, refuses_while_the_jail_runs) {
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  run_jail("web", "/srv/elsewhere");
  EXPECT_THAT(remove(), FailsWith("jail \"web\" runs"));
  run_jail("other", temp / "store/web/root");
  EXPECT_THAT(remove(), IsError(EBUSY));
  run_jail("other", temp / "store/web/root/srv/nested");
  EXPECT_THAT(remove(), IsError(EBUSY));
  run_jail("web2", temp / "store/web2/root");
  EXPECT_THAT(remove(), IsOk()) << "that is another one";
}

TEST_F(Destroy, refuses_while_something_is_mounted_below) {
  ASSERT_THAT(make(), IsOk());
  mount_at(temp / "store/web/root/mnt");
  EXPECT_THAT(remove(), FailsWith("mounted on " + temp / "store/web/root/mnt"));
  EXPECT_THAT(left(), ElementsAre("web"));
  mount_at(temp / "store/web2/root/mnt");
  EXPECT_THAT(remove(), IsOk());
}

TEST_F(Destroy, unmounts_its_own_and_keeps_it_when_that_fails) {
  ASSERT_THAT(make(), IsOk());
  mount_at(temp / "store/web/root");
  kernel.fail("unmount root", EBUSY);
  EXPECT_THAT(remove(), FailsWith("fuser"));
  EXPECT_THAT(left(), ElementsAre("web"));
  kernel.fail("unmount root", 0);
  EXPECT_THAT(remove(), IsOk());
}

TEST_F(Destroy, base_of_another_stays) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  ASSERT_THAT(make(Sharing::kLink, "two"), IsOk());
  ASSERT_THAT(remove("one"), IsOk());
  EXPECT_EQ(::open((temp / "store/two/root/usr/bin/env").c_str(), O_WRONLY | O_CLOEXEC), -1)
      << "still immutable";
  ASSERT_THAT(remove("two"), IsOk());
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(Destroy, links_are_not_freed_while_a_jail_could_write_to_them) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  ASSERT_THAT(make(Sharing::kLink, "two"), IsOk());
  run_jail("two", temp / "store/two/root");
  EXPECT_THAT(remove("one"), FailsWith("two could write to them"));
}

TEST_F(Destroy, lower_layer_of_another_stays) {
  ASSERT_THAT(make(Sharing::kCopy, "one"), IsOk());
  ASSERT_THAT(
      create(environment, {.name = "two", .source = *parse_source(temp / "store/one/root")}),
      IsOk());
  EXPECT_THAT(remove("one"), FailsWith("two is made from \"one\""));
  EXPECT_THAT(remove("two"), IsOk());
  EXPECT_THAT(remove("one"), IsOk());
}

TEST_F(Destroy, files_that_a_jail_left_lead_nowhere) {
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  temp.file("kept/file", "text");
  fs::remove_all(temp / "store/web/root/etc");
  temp.link("store/web/root/etc", temp / "kept");
  temp.link("store/web/root/up", "../../../kept");
  temp.link("store/web/root/usr/file", temp / "kept/file");
  EXPECT_THAT(remove(), IsOk());
  EXPECT_TRUE(fs::exists(temp / "kept/file"));
}

TEST_F(Destroy, record_that_cannot_be_read_keeps_all_bases) {
  ASSERT_EQ(shell("tar -C " + temp / "base" + " -cf " + temp / "a.tar" + " ."), 0);
  ASSERT_THAT(create(environment, {.name = "one", .source = *parse_source(temp / "a.tar")}),
              IsOk());
  temp.file("store/two/record.json", "{");
  std::string noted;
  environment.note = [&](const std::string& text) { noted = text; };
  EXPECT_FALSE(remove("one")) << "two could be made from it";
  EXPECT_THAT(noted, HasSubstr("the bases stay"));
  EXPECT_TRUE(fs::exists(temp / "store/.base"));
}

TEST_F(Destroy, force_passes_over_records_that_cannot_be_read) {
  std::vector<std::string> notes;
  environment.note = [&](const std::string& text) { notes.push_back(text); };
  for (const auto sharing : all_sharing()) {
    ASSERT_THAT(make(sharing), IsOk());
    ASSERT_THAT(make(Sharing::kCopy, "other"), IsOk());
    temp.file("store/web/record.json", "{");
    EXPECT_THAT(remove("web"), FailsWith("--force destroys it even so"));
    EXPECT_THAT(remove("other"), FailsWith("it could be made from \"other\"; --force goes on"));
    run_jail("web", temp / "store/web/root");
    EXPECT_THAT(destroy(environment, "web", true), IsError(EBUSY)) << "but not over jails that run";
    write("jails", kHeader);
    notes.clear();
    EXPECT_THAT(destroy(environment, "other", true), HasValue(Destroyed::kAll));
    EXPECT_THAT(destroy(environment, "web", true), HasValue(Destroyed::kAll));
    EXPECT_FALSE(notes.empty()) << "it says what is wrong";
    EXPECT_THAT(left(), IsEmpty());
  }
}

TEST_F(Destroy, force_frees_no_files_under_a_running_jail) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  ASSERT_THAT(make(Sharing::kLink, "two"), IsOk());
  temp.file("store/one/record.json", "{");
  run_jail("two", temp / "store/two/root");
  EXPECT_THAT(destroy(environment, "one", true), FailsWith("two could write to them"));
}

TEST_F(Destroy, jail_that_starts_meanwhile_keeps_the_links) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  ASSERT_THAT(make(Sharing::kLink, "two"), IsOk());
  UniqueFd starting(::open((temp / "store/.base").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(starting.get(), LOCK_SH), 0);
  std::string notes;
  environment.note = [&](const std::string& text) {
    notes += text + "\n";
    run_jail("two", temp / "store/two/root");  // it has come up
    starting.reset();
  };
  EXPECT_THAT(remove("one"), HasValue(Destroyed::kAll)) << "its name is free";
  EXPECT_THAT(notes, HasSubstr("waiting for a jail that starts\n"));
  EXPECT_THAT(notes, HasSubstr(".one.unfinished stays until two has stopped"));
  EXPECT_THAT(left(), ::testing::UnorderedElementsAre("two", ".one.unfinished", ".base"));
  EXPECT_TRUE(is_sealed("two"));

  ASSERT_THAT(make(Sharing::kCopy, "other"), IsOk());
  EXPECT_THAT(left(), ::testing::Contains(".one.unfinished")) << "nobody else sweeps it";
  write("jails", kHeader);
  EXPECT_THAT(remove("other"), HasValue(Destroyed::kAll));
  EXPECT_THAT(left(), ::testing::UnorderedElementsAre("two", ".base"));
  EXPECT_TRUE(is_sealed("two"));
}

TEST_F(Destroy, jail_that_starts_meanwhile_keeps_its_root) {
  ASSERT_THAT(make(), IsOk());
  UniqueFd starting(::open((temp / "store/web").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(starting.get(), LOCK_SH), 0);
  std::string notes;
  environment.note = [&](const std::string& text) {
    notes += text + "\n";
    run_jail("web", temp / "store/web/root");  // it has come up
    starting.reset();
  };
  EXPECT_THAT(remove(), FailsWith("jail \"web\" runs"));
  EXPECT_EQ(notes, "waiting for a jail that starts\n");
  EXPECT_THAT(left(), ElementsAre("web"));
}

TEST_F(Destroy, force_follows_no_link) {
  ASSERT_THAT(make(Sharing::kCopy, "other"), IsOk());
  temp.file("kept/file", "text");
  temp.link("store/away", "../kept");
  EXPECT_FALSE(destroy(environment, "away", true));
  EXPECT_FALSE(destroy(environment, "none", true));
  EXPECT_TRUE(fs::exists(temp / "kept/file"));
}

TEST_F(Destroy, commands_change_nothing) {
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  const auto commands = destroy_commands(environment, "web");
  ASSERT_THAT(commands, IsOk());
  EXPECT_THAT(*commands, ElementsAre("rm -rf --one-file-system " + temp / "store/web"));
  EXPECT_THAT(left(), ElementsAre("web"));
  ASSERT_EQ(shell(commands->front()), 0);
  EXPECT_THAT(left(), IsEmpty());
}

}  // namespace
}  // namespace libjail::roots
