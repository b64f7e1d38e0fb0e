// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/file_systems.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <cerrno>

#include "jail/apply.hpp"
#include "lifecycle/console_log.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::lifecycle {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::Pair;

class FileSystems : public ::testing::Test {
 protected:
  void SetUp() override {
    root.folder("data");
    source.file("text", "x");
  }

  conf::Mount line(const std::string& text) const {
    return **conf::parse_mount_line(text, root.path());
  }

  Result<void> mount(const std::string& text) {
    auto opened = open_root(kernel, root.path());
    kernel.calls.clear();
    return mount_one(kernel, *opened, root.path(), line(text));
  }

  libjail::testing::FakeKernel kernel;
  libjail::testing::TempDir root;
  libjail::testing::TempDir source;
};

TEST_F(FileSystems, plan) {
  auto plan = plan_mount(line("/src " + root.path() + "/data nullfs ro,noexec 0 0"));
  EXPECT_TRUE(plan.bind);
  EXPECT_EQ(plan.attributes, MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
  plan = plan_mount(line("/src " + root.path() + "/data none rbind"));
  EXPECT_TRUE(plan.bind && plan.recursive);
  plan = plan_mount(line("x " + root.path() + "/data linprocfs rw"));
  EXPECT_EQ(plan.type, "proc");
  EXPECT_EQ(plan.attributes, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  plan = plan_mount(line("x " + root.path() + "/data tmpfs size=1m,noswap,nosuid"));
  EXPECT_THAT(plan.options, ElementsAre(Pair("size", "1m"), Pair("noswap", "")));
  EXPECT_TRUE(plan_mount(line("x " + root.path() + "/data tmpfs noauto")).skipped);
}

TEST_F(FileSystems, new_one) {
  EXPECT_THAT(mount("swap " + root.path() + "/data tmpfs ro,size=1m"), IsOk());
  EXPECT_THAT(kernel.calls,
              ElementsAre("openat2 data", "fsopen tmpfs", "fsconfig tmpfs source=swap",
                          "fsconfig tmpfs ro", "fsconfig tmpfs size=1m", "fsconfig tmpfs create",
                          "fsmount tmpfs", "move_mount tmpfs"));
}

TEST_F(FileSystems, copy) {
  EXPECT_THAT(mount(source.path() + " " + root.path() + "/data nullfs"), IsOk());
  EXPECT_EQ(kernel.calls.front(), "openat2 data");
  std::erase_if(kernel.calls, [](const auto& call) { return call.starts_with("openat2"); });
  EXPECT_THAT(kernel.calls,
              ElementsAre("clone_mount", "add_mount_attributes clone 4", "move_mount clone"));
}

TEST_F(FileSystems, every_call_may_fail) {
  ASSERT_THAT(mount("swap " + root.path() + "/data tmpfs ro,size=1m"), IsOk());
  const auto calls = kernel.calls.size();
  for (std::size_t i = 0; i < calls; ++i) {
    libjail::testing::FakeKernel failing;
    auto opened = open_root(failing, root.path());
    failing.calls.clear();
    failing.fail_at(i, EIO);
    const int before = libjail::testing::open_descriptors();
    EXPECT_THAT(mount_one(failing, *opened, root.path(),
                          line("swap " + root.path() + "/data tmpfs ro,size=1m")),
                FailsWith("mount swap on " + root.path() + "/data: "));
    EXPECT_EQ(libjail::testing::open_descriptors(), before);
  }
}

TEST_F(FileSystems, links_are_not_followed) {
  root.link("away", "/etc");
  EXPECT_THAT(mount("swap " + root.path() + "/away tmpfs"), FailsWith("has a symbolic link in it"));
  source.link("alias", root.path());
  for (const auto& name : {root.path(), source / "alias",
                           root.path() + "/../" + root.path().substr(root.path().rfind('/') + 1)}) {
    EXPECT_THAT(mount(name + "/away " + root.path() + "/data nullfs"),
                FailsWith("has a symbolic link in it"))
        << name;
    EXPECT_THAT(mount(name + "//data/ " + root.path() + "/data nullfs"), IsOk()) << name;
    EXPECT_THAT(mount(name + "/ " + root.path() + "/data nullfs"), IsOk()) << name;
  }
  EXPECT_THAT(open_console_log(kernel, root.path() + "/away/log", root.path()),
              FailsWith("has a symbolic link in it"));
}

TEST_F(FileSystems, source_beside_the_root_directory) {
  const auto beside = source.path().substr(source.path().rfind('/'));
  EXPECT_THAT(mount(root.path() + "/.." + beside + " " + root.path() + "/data nullfs"), IsOk());
  EXPECT_THAT(mount(root.path() + "/data/../.." + beside + " " + root.path() + "/data nullfs"),
              IsError(ENOENT))
      << "the jail can make a link of data";
}

TEST_F(FileSystems, console_log) {
  EXPECT_THAT(open_console_log(kernel, source / "log", root.path()), IsOk());
  EXPECT_THAT(open_console_log(kernel, root / "log", root.path()), IsOk());
  EXPECT_THAT(open_console_log(kernel, source.path(), root.path()), FailsWith("Is a directory"));
  ASSERT_EQ(::link((source / "log").c_str(), (source / "other").c_str()), 0);
  EXPECT_THAT(open_console_log(kernel, source / "log", root.path()),
              FailsWith("is no regular file with this one name"));
}

}  // namespace
}  // namespace libjail::lifecycle
