// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/create.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <algorithm>
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

class Sized : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    environment.attach_loop = [this](int file) -> Sys<LoopDevice> {
      struct stat st {};
      ::fstat(file, &st);
      size = static_cast<std::uint64_t>(st.st_size);
      if (loop_error != 0) return std::unexpected(loop_error);
      return LoopDevice{.fd = {}, .path = "/dev/loop7"};
    };
  }
  Result<std::string> make_sized(Sharing sharing, std::uint64_t bytes = 8 << 20) {
    auto wanted = request(sharing);
    wanted.size = bytes;
    return create(environment, wanted);
  }
  std::uint64_t size = 0;
  int loop_error = 0;
};

TEST_F(Sized, thin_one_has_its_layer_in_the_image) {
  ASSERT_THAT(make_sized(Sharing::kThin), IsOk());
  EXPECT_EQ(size, 8U << 20);
  EXPECT_TRUE(kernel.called("fsconfig ext4 source=/dev/loop7"));
  EXPECT_TRUE(fs::exists(kernel.mounted(0) / "upper"));
  EXPECT_TRUE(fs::exists(kernel.mounted(0) / "work"));
  EXPECT_TRUE(kernel.called("fsconfig overlay upperdir=" + (temp / "store/web/data/upper")));
  EXPECT_THAT(read_text(temp / "store/web/record.json"), HasSubstr("\"size\":8388608"));
  EXPECT_EQ(fs::status(temp / "store/web/image").permissions(), fs::perms(0600));
  EXPECT_THAT(destroy(environment, "web"), HasValue(Destroyed::kAll));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(Sized, copy_is_in_the_image) {
  ASSERT_THAT(make_sized(Sharing::kCopy), IsOk());
  EXPECT_EQ(read_text(kernel.mounted(0) / "etc/passwd"), "passwd");
  EXPECT_FALSE(kernel.called("fsopen overlay"));
  EXPECT_FALSE(fs::exists(temp / "store/web/data"));
}

TEST_F(Sized, what_is_mounted_is_unmounted_before_it_goes) {
  ASSERT_THAT(make_sized(Sharing::kThin), IsOk());
  write("mountinfo", "36 35 7:7 / " + (temp / "store/web/data") + " rw - ext4 /dev/loop7 rw\n" +
                         "37 36 0:30 / " + (temp / "store/web/root") + " rw - overlay x rw\n");
  kernel.calls.clear();
  const auto commands = destroy_commands(environment, "web");
  ASSERT_THAT(commands, IsOk());
  EXPECT_THAT(commands->at(0), HasSubstr("umount " + (temp / "store/web/root")));
  EXPECT_THAT(commands->at(1), HasSubstr("umount " + (temp / "store/web/data")));
  EXPECT_THAT(destroy(environment, "web"), HasValue(Destroyed::kAll));
  const auto root = std::ranges::find(kernel.calls, "unmount root");
  EXPECT_NE(std::find(root, kernel.calls.end(), "unmount data"), kernel.calls.end());
}

TEST_F(Sized, failures_leave_nothing) {
  loop_error = ENOENT;
  EXPECT_THAT(make_sized(Sharing::kThin), FailsWith("(modprobe loop)"));
  EXPECT_THAT(left(), IsEmpty());
  loop_error = 0;
  for (const char* call : {"fsopen ext4", "fsconfig ext4 create", "fsmount ext4", "move_mount ext4",
                           "fsopen overlay"}) {
    kernel.fail(call, EIO);
    EXPECT_THAT(make_sized(Sharing::kThin), IsError(EIO)) << call;
    EXPECT_THAT(left(), IsEmpty()) << call;
    kernel.fail(call, 0);
  }
  EXPECT_TRUE(kernel.called("unmount data")) << "undone when the overlay failed";
}

TEST_F(Sized, sizes_that_are_none) {
  for (const std::uint64_t bytes : {std::uint64_t{1}, std::uint64_t{1} << 60}) {
    EXPECT_THAT(make_sized(Sharing::kCopy, bytes), FailsWith("size: give 1M to 16T"));
    EXPECT_THAT(left(), IsEmpty());
  }
  EXPECT_THAT(make_sized(Sharing::kLink), FailsWith("use --thin or --copy"));
  EXPECT_THAT(left(), IsEmpty());
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
