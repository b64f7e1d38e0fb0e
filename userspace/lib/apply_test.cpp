// SPDX-License-Identifier: BSD-2-Clause
#include "jail/apply.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "jail/capmask.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

class Apply : public ::testing::Test {
 protected:
  JailSpec spec(JailSpec::Fields fields) const {
    if (fields.path.empty()) fields.path = root.path();
    return *JailSpec::make(std::move(fields));
  }

  Result<Entered> apply_to(testing::FakeKernel& to, JailSpec::Fields fields,
                           const UserRequest& user = {}) {
    return apply(to, spec(std::move(fields)), user, 3,
                 [this](const std::string& step) { steps.push_back(step); });
  }

  static UserRequest jail_user(const char* name) {
    return {.source = UserRequest::Source::kJail, .name = name};
  }

  testing::TempDir root;
  testing::FakeKernel kernel;
  std::vector<std::string> steps;
};

TEST_F(Apply, bare_call) {
  ASSERT_THAT(apply_to(kernel, {.ceiling = kDefaultCeiling, .mounts = false}), IsOk());
  EXPECT_THAT(kernel.calls, ElementsAre("openat2 " + root.path(), "openat2 ../..", "fchdir",
                                        "close_from 3", "jail"));
  ASSERT_TRUE(kernel.jail_call);
  EXPECT_EQ(kernel.jail_call->path, ".");
  EXPECT_EQ(kernel.jail_call->ceiling, kDefaultCeiling);
  EXPECT_EQ(kernel.jail_call->flags, 0U);
  EXPECT_EQ(kernel.jail_call->call_flags, 0U);
  EXPECT_EQ(kernel.jail_call->name, "");
  EXPECT_THAT(kernel.jail_call->addresses, ElementsAre());
}

TEST_F(Apply, arguments_reach_the_kernel) {
  ASSERT_THAT(apply_to(kernel, {.ceiling = 1U << 27,
                                .unsafe = true,
                                .address = Address{.ip = 0x0a020304, .alias = {}},
                                .name = "web",
                                .hostname = "www"}),
              IsOk());
  ASSERT_TRUE(kernel.jail_call);
  EXPECT_EQ(kernel.jail_call->flags, JAIL_UNSAFE_CAPS);
  EXPECT_EQ(kernel.jail_call->name, "web");
  EXPECT_EQ(kernel.jail_call->hostname, "www");
  EXPECT_THAT(kernel.jail_call->addresses, ElementsAre(0x0a020304U));
}

TEST_F(Apply, mounts_come_first_and_descriptors_are_closed_last) {
  root.folder("proc");
  ASSERT_THAT(apply_to(kernel, {}), IsOk());
  EXPECT_THAT(kernel.calls,
              ElementsAre("unshare", "make_mounts_private", "openat2 " + root.path(),
                          "openat2 proc", "openat2 dev", "fsopen proc", "fsconfig proc source=proc",
                          "fsconfig proc create", "fsmount proc", "move_mount proc",
                          "openat2 ../..", "fchdir", "close_from 3", "jail"));
  EXPECT_THAT(steps, ElementsAre("private mount namespace", "mounted " + root.path() + "/proc"));
}

TEST_F(Apply, user_changes_ids_before_and_drops_capabilities_after) {
  root.file("etc/passwd", "bob:x:7:8::/home/bob:/bin/sh\n");
  root.file("etc/group", "games:x:60:bob\n");
  const auto entered = apply_to(kernel, {.mounts = false}, jail_user("bob"));
  ASSERT_THAT(entered, IsOk());
  EXPECT_THAT(
      kernel.calls,
      ElementsAre("openat2 " + root.path(), "openat2 /etc/passwd", "openat2 /etc/group",
                  "openat2 ../..", "fchdir", "setgroups 8 60", "setresgid 8", "keep_capabilities",
                  "setresuid 7", "capget", "capset", "close_from 3", "jail", "capset none"));
  ASSERT_TRUE(entered->user);
  EXPECT_EQ(entered->user->home, "/home/bob");
}

TEST_F(Apply, root_keeps_what_the_ceiling_leaves) {
  root.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  ASSERT_THAT(apply_to(kernel, {.mounts = false}, jail_user("root")), IsOk());
  EXPECT_FALSE(kernel.called("capset none"));
  EXPECT_FALSE(kernel.called("keep_capabilities"));
  EXPECT_TRUE(kernel.called("setresuid 0"));
}

TEST_F(Apply, login_without_user_only_looks_root_up) {
  const auto entered =
      apply_to(kernel, {.mounts = false}, {.source = {}, .name = {}, .details = true});
  ASSERT_THAT(entered, IsOk());
  ASSERT_TRUE(entered->user);
  EXPECT_EQ(entered->user->name, "root");
  EXPECT_EQ(entered->user->home, "/");
  EXPECT_FALSE(kernel.called("setresuid 0"));
}

TEST_F(Apply, unknown_user_ends_it_before_the_jail) {
  root.file("etc/passwd", "");
  EXPECT_THAT(apply_to(kernel, {.mounts = false}, jail_user("eve")), FailsWith("\"eve\""));
  EXPECT_FALSE(kernel.called("jail"));
}

TEST_F(Apply, missing_root_is_named) {
  EXPECT_THAT(apply_to(kernel, {.path = root / "none"}),
              FailsWith("root directory " + root.path() + "/none: No such file or directory"));
  EXPECT_THAT(apply_to(kernel, {.path = "/dev/null"}), IsError(ENOTDIR));
}

TEST_F(Apply, kernel_refusals_are_explained) {
  kernel.fail("jail", EADDRNOTAVAIL);
  EXPECT_THAT(apply_to(kernel, {.address = Address{.ip = 0x0a020304, .alias = {}}}),
              FailsWith("address 10.2.3.4 is on no interface"));
}

TEST_F(Apply, every_failure_ends_it_at_once_and_leaks_nothing) {
  root.folder("proc");
  root.folder("dev");
  root.file("etc/passwd", "bob:x:7:8::/:/bin/sh\n");
  ASSERT_THAT(apply_to(kernel, {}, jail_user("bob")), IsOk());
  const std::size_t count = kernel.calls.size();
  const int before = testing::open_descriptors();
  for (std::size_t i = 0; i < count; ++i) {
    testing::FakeKernel failing;
    failing.fail_at(i, EIO);
    EXPECT_THAT(apply_to(failing, {}, jail_user("bob")), IsError(EIO)) << failing.calls.back();
    EXPECT_EQ(failing.calls.size(), i + 1) << "went on after " << failing.calls.back();
    EXPECT_EQ(testing::open_descriptors(), before) << failing.calls.back();
  }
}

/// A root directory of jailctl(8)'s, and whether the locks are held when the kernel is called.
class StoredApply : public ::testing::Test {
 protected:
  class Watcher : public testing::FakeKernel {
   public:
    explicit Watcher(std::string store) : store_(std::move(store)) {}
    Sys<int> jail(const jail_args* args, std::size_t size, unsigned int flags) override {
      calls.push_back(state());
      return FakeKernel::jail(args, size, flags);
    }
    Sys<void> jail_attach(int jail) override {
      calls.push_back(state());
      return FakeKernel::jail_attach(jail);
    }
    Sys<void> fchdir(int dir) override {
      if (::fchdir(dir) < 0) return std::unexpected(errno);
      return FakeKernel::fchdir(dir);
    }

   private:
    [[nodiscard]] std::string state() const {
      constexpr auto kFolders = std::to_array({"/web", "/.base"});
      const auto locked = std::ranges::count_if(kFolders, [this](const char* folder) {
        const UniqueFd other(::open((store_ + folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return ::flock(other.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
      });
      return locked == 0 ? "free" : locked == 2 ? "locked" : "half locked";
    }
    std::string store_;
  };

  void SetUp() override {
    store.folder("web/root");
    store.folder(".base");
    ASSERT_EQ(::chmod(store.path().c_str(), 0700), 0);
  }
  void TearDown() override { ASSERT_EQ(::fchdir(here.get()), 0); }

  UniqueFd here{::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  testing::TempDir store;
};

TEST_F(StoredApply, locks_are_held_until_the_jail_is_there_and_do_not_go_in) {
  Watcher kernel(store.path());
  const auto spec = JailSpec::make({.path = store / "web/root", .mounts = false});
  // High enough to close nothing of the test's.
  const auto entered = apply(kernel, *spec, {}, 500, [](const std::string&) {});
  ASSERT_THAT(entered, IsOk());
  EXPECT_THAT(kernel.calls,
              ElementsAre("openat2 " + (store / "web/root"), "openat2 ../..", "openat2 ../root",
                          "openat2 ..", "openat2 ../../.base", "openat2 " + (store / "web/root"),
                          "fchdir", "locked", "jail", "close_from 501", "free", "jail_attach"));
  ASSERT_TRUE(kernel.jail_call);
  EXPECT_EQ(kernel.jail_call->call_flags, JAIL_NO_ENTER);
  EXPECT_EQ(entered->jail.get(), 500);
}

TEST_F(StoredApply, relative_path) {
  for (const auto& [folder, path] :
       {std::pair(store.path(), "web/root"), std::pair(store / "web", "root")}) {
    Watcher kernel(store.path());
    ASSERT_EQ(::chdir(folder.c_str()), 0);
    const auto spec = JailSpec::make({.path = path, .mounts = false});
    EXPECT_THAT(apply(kernel, *spec, {}, 500, [](const std::string&) {}), IsOk()) << path;
    EXPECT_EQ(std::ranges::count(kernel.calls, "locked"), 1) << path;
  }
}

TEST(Probe, versions) {
  testing::FakeKernel kernel;
  EXPECT_THAT(probe(kernel), testing::HasValue(1));
  kernel.version_error = ENOSYS;
  EXPECT_THAT(probe(kernel), FailsWith("has no jail() system call (boot a kernel with"));
  kernel.version_error = EOPNOTSUPP;
  EXPECT_THAT(probe(kernel), FailsWith("switched off"));
}

}  // namespace
}  // namespace libjail
