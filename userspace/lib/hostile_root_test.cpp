// SPDX-License-Identifier: BSD-2-Clause
// A root directory that its owner prepared to lead the tool astray. The system calls that resolve
// names are the real ones.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "jail/mounts.hpp"
#include "jail/passwd.hpp"
#include "jail/read_file.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::FailsWith;
using testing::IsError;

class HostileRoot : public ::testing::Test {
 protected:
  UniqueFd open() const {
    return UniqueFd(::open((outside / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  void SetUp() override { outside.folder("root/etc"); }

  testing::TempDir outside;  ///< the root is a folder in it, so that there is something beside it
  testing::FakeKernel kernel;
};

TEST_F(HostileRoot, proc_that_is_a_link_is_no_mount_point) {
  outside.link("root/proc", "/");
  EXPECT_THAT(mount_filesystems(kernel, open().get(), "/srv/x"),
              FailsWith("/srv/x/proc is a symbolic link"));
  EXPECT_FALSE(kernel.called("move_mount proc"));
}

TEST_F(HostileRoot, dev_that_is_a_link_stops_before_anything_is_mounted) {
  outside.folder("root/proc");
  outside.folder("target");
  outside.link("root/dev", "../target");
  EXPECT_THAT(mount_filesystems(kernel, open().get(), "/srv/x"),
              FailsWith("/srv/x/dev is a symbolic link"));
  EXPECT_FALSE(kernel.called("fsopen proc"));
}

TEST_F(HostileRoot, proc_that_is_a_file_is_refused) {
  outside.file("root/proc", "");
  EXPECT_THAT(mount_filesystems(kernel, open().get(), "/srv/x"), IsError(ENOTDIR));
}

TEST_F(HostileRoot, passwd_link_stays_below_the_root) {
  outside.file("secret", "eve:x:0:0::/:/bin/sh\n");
  outside.link("root/etc/passwd", outside / "secret");
  EXPECT_THAT(lookup_user(kernel, open().get(), "eve"), IsError(ENOENT));

  // The control: what the link says does exist, outside.
  EXPECT_TRUE(find_user(testing::read_text(outside / "root/etc/passwd"), "eve"));
}

TEST_F(HostileRoot, passwd_link_with_dots_stays_below_the_root) {
  outside.file("secret", "eve:x:0:0::/:/bin/sh\n");
  outside.link("root/etc/passwd", "../../secret");
  EXPECT_TRUE(find_user(testing::read_text(outside / "root/etc/passwd"), "eve"));
  EXPECT_THAT(lookup_user(kernel, open().get(), "eve"), IsError(ENOENT));
}

TEST_F(HostileRoot, etc_link_is_resolved_inside) {
  outside.file("root/usr/etc/passwd", "bob:x:7:7::/:/bin/sh\n");
  outside.link("root/conf", "/usr/etc");
  ASSERT_EQ(::rmdir((outside / "root/etc").c_str()), 0);
  outside.link("root/etc", "conf");
  const auto user = lookup_user(kernel, open().get(), "bob");
  ASSERT_TRUE(user) << user.error().text();
  EXPECT_EQ(user->uid, 7U);
}

TEST_F(HostileRoot, magic_link_is_refused) {
  outside.link("root/etc/passwd", "/proc/self/fd/0");
  const UniqueFd host(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  EXPECT_THAT(read_file(kernel, host.get(), (outside / "root/etc/passwd").c_str(),
                        RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
                  .error(),
              ELOOP);
}

TEST_F(HostileRoot, fifo_does_not_hold_us_up) {
  ASSERT_EQ(::mkfifo((outside / "root/etc/passwd").c_str(), 0600), 0);
  EXPECT_THAT(lookup_user(kernel, open().get(), "eve"), IsError(EINVAL));
}

TEST_F(HostileRoot, endless_file_is_refused) {
  outside.file("root/etc/passwd", std::string(kMaxFileSize + 1, 'x'));
  EXPECT_THAT(lookup_user(kernel, open().get(), "eve"), IsError(EFBIG));
}

}  // namespace
}  // namespace libjail
