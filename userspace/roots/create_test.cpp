// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/create.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cstdlib>
#include <set>

#include "jail/roots/mount.hpp"
#include "roots/store.hpp"
#include "roots/store_fixture.hpp"

namespace libjail::roots {
namespace {

namespace fs = std::filesystem;
using libjail::testing::FailsWith;
using libjail::testing::HasValue;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using libjail::testing::read_text;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Create : public testing::StoreTest {};

TEST_F(Create, copy) {
  EXPECT_THAT(make(Sharing::kCopy), HasValue(temp / "store/web/root"));
  EXPECT_EQ(read_text(temp / "store/web/root/etc/passwd"), "passwd");
  EXPECT_FALSE(fs::equivalent(temp / "base/etc/passwd", temp / "store/web/root/etc/passwd"));
  EXPECT_THAT(left(), ElementsAre("web"));
  EXPECT_FALSE(kernel.called("fsopen overlay"));
}

TEST_F(Create, thin_mounts_an_overlay) {
  EXPECT_THAT(make(), HasValue(temp / "store/web/root"));
  for (const auto& call :
       {"fsconfig overlay lowerdir+=" + temp / "base",
        "fsconfig overlay upperdir=" + temp / "store/web/upper",
        "fsconfig overlay workdir=" + temp / "store/web/work",
        std::string("fsconfig overlay redirect_dir=nofollow"),
        std::string("fsconfig overlay metacopy=off"), std::string("move_mount overlay")}) {
    EXPECT_TRUE(kernel.called(call)) << call;
  }
  struct stat st {};
  ASSERT_EQ(::stat((temp / "store/web/upper").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0751U) << "as the base, as the merged root has it";
}

TEST_F(Create, thin_from_an_archive_shares_one_base) {
  ASSERT_EQ(shell("tar -C " + temp / "base" + " -cf " + temp / "a.tar" + " ."), 0);
  for (const char* name : {"one", "two"}) {
    ASSERT_THAT(create(environment, {.name = name, .source = *parse_source(temp / "a.tar")}),
                IsOk());
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(temp / "store/.base"), {}), 1);
  EXPECT_THAT(destroy(environment, "one"), HasValue(Destroyed::kAll));
  EXPECT_EQ(std::distance(fs::directory_iterator(temp / "store/.base"), {}), 1);
  EXPECT_THAT(destroy(environment, "two"), HasValue(Destroyed::kAll));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(Create, links) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  ASSERT_THAT(make(Sharing::kLink, "two"), IsOk());
  EXPECT_TRUE(
      fs::equivalent(temp / "store/one/root/usr/bin/env", temp / "store/two/root/usr/bin/env"));
  EXPECT_FALSE(
      fs::equivalent(temp / "store/one/root/etc/passwd", temp / "store/two/root/etc/passwd"));
  EXPECT_EQ(::open((temp / "store/one/root/usr/bin/env").c_str(), O_WRONLY | O_CLOEXEC), -1);
  std::ofstream(temp / "store/one/root/etc/passwd") << "own";
  EXPECT_EQ(read_text(temp / "store/one/root/etc/passwd"), "own");
  EXPECT_EQ(fs::read_symlink(temp / "store/one/root/bin"), "usr/bin");
  EXPECT_EQ(fs::hard_link_count(temp / "base/usr/bin/env"), 1U) << "the source is not touched";
}

TEST_F(Create, links_are_not_freed_while_a_jail_could_write_to_them) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  run_jail("other", temp / "store/one/root");
  EXPECT_THAT(make(Sharing::kLink, "two"), FailsWith("one could write to them"));
  run_jail("other", temp / "store/one/root", "dying");
  EXPECT_THAT(make(Sharing::kLink, "two"), IsOk());
}

TEST_F(Create, store_is_for_root_alone) {
  ASSERT_THAT(make(), IsOk());
  struct stat st {};
  ASSERT_EQ(::stat((temp / "store").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0700U);
  ASSERT_EQ(::chmod((temp / "store").c_str(), 0755), 0);
  EXPECT_THAT(make(Sharing::kCopy, "two"), FailsWith("chmod 700"));
  ASSERT_EQ(::chmod((temp / "store").c_str(), 0700), 0);
  ASSERT_EQ(::chown((temp / "store").c_str(), 1, 1), 0);
  EXPECT_THAT(make(Sharing::kCopy, "two"), FailsWith("belongs to another user"));
}

TEST_F(Create, jail_that_starts_meanwhile_keeps_links_sealed) {
  if (!has_links) GTEST_SKIP() << "no immutable flag here";
  ASSERT_THAT(make(Sharing::kLink, "one"), IsOk());
  UniqueFd starting(::open((temp / "store/.base").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(starting.get(), LOCK_SH), 0);
  bool waited = false;
  environment.note = [&](const std::string&) {
    waited = true;
    run_jail("one", temp / "store/one/root");  // it has come up
    starting.reset();
  };
  EXPECT_THAT(make(Sharing::kLink, "two"), FailsWith("one could write to them"));
  EXPECT_TRUE(waited);
  EXPECT_TRUE(is_sealed("one"));
  EXPECT_THAT(left(), ::testing::UnorderedElementsAre("one", ".base"));
}

TEST_F(Create, set_user_id_files_are_out_of_reach) {
  temp.file("base/usr/bin/su", "su");
  ASSERT_EQ(::chmod((temp / "base/usr/bin/su").c_str(), 04755), 0);
  ASSERT_EQ(::chmod(temp.path().c_str(), 0755), 0);
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  const auto reaches = [](const std::string& path) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (::setresuid(65534, 65534, 65534) < 0) ::_exit(2);
      ::_exit(::access(path.c_str(), X_OK) == 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(reaches(temp / "store/web/root/usr/bin/su"), 1);
  ASSERT_EQ(::chmod((temp / "base").c_str(), 0755), 0);
  EXPECT_EQ(reaches(temp / "base/usr/bin/su"), 0) << "the control";
}

TEST_F(Create, store_that_is_a_link_is_refused) {
  temp.folder("elsewhere");
  temp.link("store", "elsewhere");
  EXPECT_FALSE(make());
  EXPECT_TRUE(fs::is_empty(temp / "elsewhere"));
}

TEST_F(Create, name_that_is_taken) {
  ASSERT_THAT(make(Sharing::kCopy), IsOk());
  EXPECT_THAT(make(), IsError(EEXIST));
  EXPECT_THAT(make(), FailsWith("jailctl destroy web removes it"));
  EXPECT_THAT(left(), ElementsAre("web"));
}

TEST_F(Create, hostile_names) {
  for (const char* name : {"../web", "a/b", ".", "..", ".base", "", "-x"}) {
    EXPECT_FALSE(make(Sharing::kCopy, name)) << name;
  }
  EXPECT_FALSE(fs::exists(temp / "store"));
}

TEST_F(Create, commands_change_nothing) {
  for (const auto sharing : all_sharing()) {
    const auto commands = create_commands(environment, request(sharing));
    ASSERT_THAT(commands, IsOk());
    EXPECT_THAT(commands->front(), HasSubstr("mkdir -m 700"));
    EXPECT_FALSE(fs::exists(temp / "store"));
  }
}

TEST_F(Create, commands_do_the_same) {
  const auto commands = create_commands(environment, request(Sharing::kCopy));
  ASSERT_THAT(commands, IsOk());
  for (const auto& command : *commands) ASSERT_EQ(shell(command), 0) << command;
  EXPECT_EQ(read_text(temp / "store/web/root/etc/passwd"), "passwd");
  EXPECT_THAT(destroy(environment, "web"), HasValue(Destroyed::kAll));
}

TEST_F(Create, every_failing_call_leaves_nothing) {
  for (const auto sharing : all_sharing()) {
    const int before = libjail::testing::open_descriptors();
    bool made = false;
    std::size_t failures = 0;
    for (std::size_t i = 0; !made; ++i) {
      ASSERT_LT(i, 300U);
      libjail::testing::FakeKernel failing;
      failing.fail_at(i, EIO);
      Environment here{.kernel = failing};
      here.store = environment.store;
      here.listing = environment.listing;
      here.mounts = environment.mounts;
      made = create(here, request(sharing)).has_value();
      if (made) break;
      ++failures;
      EXPECT_FALSE(fs::exists(temp / "store")) << i << " " << failing.calls.back();
      EXPECT_EQ(libjail::testing::open_descriptors(), before);
      if (fs::exists(temp / "store")) break;
    }
    EXPECT_GE(failures, 3U);
    static_cast<void>(destroy(environment, "web"));
    ::rmdir((temp / "store").c_str());
  }
}

TEST_F(Create, interruption_at_any_time_leaves_nothing) {
  for (const auto sharing : all_sharing()) {
    int interruptions = 0;
    for (int when = 1;; ++when) {
      ASSERT_LT(when, 1000);
      int asked = 0;
      environment.interrupted = [&] { return ++asked >= when; };
      if (make(sharing)) break;
      ++interruptions;
      EXPECT_FALSE(fs::exists(temp / "store")) << when;
    }
    EXPECT_GT(interruptions, 2);
    environment.interrupted = [] { return false; };
    EXPECT_THAT(destroy(environment, "web"), IsOk());
    ::rmdir((temp / "store").c_str());
  }
}

TEST_F(Create, what_a_killed_one_left_is_removed_by_destroy) {
  std::set<Destroyed> seen;
  for (const auto sharing : all_sharing()) {
    bool made = false;
    for (int when = 1; !made; ++when) {
      ASSERT_LT(when, 1000);
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::setenv("TMPDIR", temp.path().c_str(), 1);  // for what the fake kernel leaves
        int asked = 0;
        environment.interrupted = [&] {
          if (++asked >= when) ::kill(::getpid(), SIGKILL);
          return false;
        };
        ::_exit(make(sharing) ? 0 : 1);
      }
      int status = 0;
      ::waitpid(pid, &status, 0);
      made = WIFEXITED(status);
      EXPECT_TRUE(!made || WEXITSTATUS(status) == 0);
      const bool something = !left().empty();
      const auto gone = destroy(environment, "web");
      EXPECT_EQ(gone.has_value(), something) << when << gone.error().text();
      if (gone) seen.insert(*gone);
      EXPECT_THAT(left(), IsEmpty()) << when;
      EXPECT_FALSE(destroy(environment, "web")) << "once";
    }
  }
  EXPECT_THAT(seen, Contains(Destroyed::kLeftover));
  EXPECT_THAT(seen, Contains(Destroyed::kAll));
}

TEST_F(Create, busybox) {
  if (::access("/bin/busybox", X_OK) < 0) GTEST_SKIP() << "no busybox";
  const CreateRequest wanted{
      .name = "box", .source = *parse_source("busybox"), .sharing = Sharing::kCopy};
  ASSERT_THAT(create(environment, wanted), IsOk());
  EXPECT_EQ(fs::read_symlink(temp / "store/box/root/bin/sh"), "busybox");
  struct stat st {};
  ASSERT_EQ(::stat((temp / "store/box/root/tmp").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 01777U);
}

TEST_F(Create, busybox_that_needs_libraries) {
  environment.busybox = "/bin/true";
  EXPECT_THAT(create(environment, {.name = "box", .source = *parse_source("busybox")}),
              FailsWith("needs libraries"));
  environment.busybox = temp / "base/etc/passwd";
  EXPECT_FALSE(create(environment, {.name = "box", .source = *parse_source("busybox")}));
  EXPECT_FALSE(fs::exists(temp / "store"));
}

TEST_F(Create, waits_for_another_tool) {
  ASSERT_THAT(make(Sharing::kCopy, "one"), IsOk());
  const UniqueFd other(::open((temp / "store").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  std::string noted;
  environment.note = [&](const std::string& text) {
    noted = text;
    ::flock(other.get(), LOCK_UN);
  };
  EXPECT_THAT(make(Sharing::kCopy, "two"), IsOk());
  EXPECT_THAT(noted, HasSubstr("waiting for another jailctl"));
}

TEST_F(Create, mount_is_done_once_and_after_a_reboot) {
  ASSERT_THAT(make(), IsOk());
  kernel.calls.clear();
  EXPECT_THAT(mount(environment, "web"), HasValue(true));
  EXPECT_TRUE(kernel.called("move_mount overlay"));
  mount_at(temp / "store/web/root");
  EXPECT_THAT(mount(environment, "web"), HasValue(false));
  EXPECT_THAT(unmount(environment, "web"), HasValue(true));
  EXPECT_TRUE(kernel.called("unmount root"));
  EXPECT_THAT(list(environment), HasValue(std::vector<std::string>{"web"}));
  EXPECT_THAT(mount(environment, "nothing"), IsError(ENOENT));
}

}  // namespace
}  // namespace libjail::roots
