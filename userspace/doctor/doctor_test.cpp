// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/doctor.hpp"

#include <algorithm>

#include "doctor/fixture.hpp"
#include "doctor/subject.hpp"

namespace libjail::doctor {
namespace {

using libjail::testing::IsError;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Is;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Doctor : public testing::DoctorTest {};

TEST_F(Doctor, finds_nothing_in_a_clean_jail) {
  for (const auto scope : {Scope::kFatal, Scope::kAll}) {
    const auto found = report(scope);
    EXPECT_THAT(found.findings, IsEmpty());
    EXPECT_THAT(found.gaps, IsEmpty());
    EXPECT_FALSE(is_unsafe(found));
  }
}

TEST_F(Doctor, root_that_is_not_there) {
  subject.root = temp / "none";
  EXPECT_THAT(examine(kernel, subject, Scope::kAll, sources), IsError(ENOENT));
}

TEST_F(Doctor, kernel_without_jails) {
  kernel.version_error = ENOSYS;
  EXPECT_THAT(findings(), UnorderedElementsAre(Is("kernel-none", "kernel"),
                                               Is("userns", "user.max_user_namespaces"),
                                               Is("cap-chroot", "sys_chroot")));
  temp.file("proc/sys/user/max_user_namespaces", "0\n");
  subject.ceiling = 0;
  EXPECT_THAT(findings(), ElementsAre(Is("kernel-none", "kernel")));
}

TEST_F(Doctor, settings_of_the_host) {
  temp.file("proc/sys/fs/protected_hardlinks", "0\n");
  temp.file("proc/sys/fs/protected_symlinks", "0\n");
  EXPECT_THAT(findings(), ElementsAre(Is("sysctl", "fs.protected_hardlinks"),
                                      Is("sysctl", "fs.protected_symlinks")));
  EXPECT_FALSE(is_unsafe(report()));
}

TEST_F(Doctor, before_a_start_only_what_the_jail_will_see) {
  node("dev/sda", S_IFBLK, 8, 0);
  node("etc/hidden", S_IFBLK, 8, 0);
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty()) << "jail(8) covers /dev";
  subject.system_mounts = false;
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("dev-block", "/dev/sda")));
  EXPECT_THAT(findings(), UnorderedElementsAre(
                              Is("dev-block", "/dev/sda"), Is("dev-block", "/etc/hidden"),
                              Is("node-outside-dev", "/etc/hidden"), Is("dev-pts", "/dev/pts")));
}

TEST_F(Doctor, before_a_start_no_list_is_read_that_says_nothing_of_the_jail) {
  kernel.mounts = false;
  subject.system_mounts = false;
  node("dev/null", S_IFCHR, 1, 3);
  mounts("2 1 8:1 /etc ROOT/etc rw - ext4 /dev/sda1 rw\n");
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
  EXPECT_THAT(findings(Scope::kAll), Contains(Is("mount-host", "/etc")));
  kernel.mounts = true;
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/etc")));
  kernel.fail("has_mounts", ENOSYS);
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/etc"))) << "in doubt, read";
}

TEST_F(Doctor, disk_of_the_host_is_known_before_it_is_mounted) {
  kernel.mounts = false;
  node("dev/disk", S_IFBLK, 8, 1);
  subject.mounts = {{.source = temp / "root/dev/disk",
                     .target = subject.root + "/etc",
                     .type = "ext4",
                     .options = {"rw"}}};
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/etc")));
}

TEST_F(Doctor, ceiling_that_breaks_the_wall) {
  subject.ceiling = kDefaultCeiling | std::uint64_t{1} << 27;
  for (const auto scope : {Scope::kFatal, Scope::kAll}) {
    EXPECT_THAT(findings(scope), ElementsAre(Is("cap-mknod", "mknod")));
  }
  EXPECT_TRUE(is_unsafe(report()));
}

TEST_F(Doctor, mounts_of_a_running_jail) {
  subject.process = 42;
  temp.folder("inside/dev/pts");
  temp.folder("inside/dev/shm");
  temp.folder("inside/proc");
  temp.link("proc/42/root", temp / "inside");
  const std::string own =
      "7 1 0:30 / /proc rw - proc proc rw\n8 1 0:31 / /dev rw - tmpfs tmpfs rw\n"
      "9 8 0:32 / /dev/pts rw - devpts devpts rw\n9 8 0:33 / /dev/shm rw,nodev - tmpfs tmpfs rw\n";
  temp.file("proc/42/mountinfo", own);
  EXPECT_THAT(findings(), IsEmpty());

  ASSERT_EQ(::mknod((temp / "inside/dev/null").c_str(), S_IFBLK | 0600, makedev(8, 1)), 0);
  mounts("2 1 0:5 / /proc rw - proc proc rw\n3 1 0:6 / /dev/pts rw - devpts devpts rw\n");
  temp.file("proc/42/mountinfo",
            "7 1 0:5 / /proc rw - proc proc rw\n8 1 0:31 / /dev rw - tmpfs tmpfs rw\n"
            "9 8 0:6 / /dev/pts rw - devpts devpts rw\n"
            "10 8 8:1 /etc /srv rw - ext4 /dev/sda1 rw\n");
  EXPECT_THAT(findings(), UnorderedElementsAre(Is("dev-pts", "/dev/pts"), Is("dev-shm", "/dev/shm"),
                                               Is("proc-host", "/proc"), Is("mount-host", "/srv"),
                                               Is("dev-block", "/dev/null")));
}

TEST_F(Doctor, process_that_is_gone_is_a_gap) {
  subject.process = 42;
  const auto found = report();
  EXPECT_THAT(found.findings, IsEmpty());
  ASSERT_EQ(found.gaps.size(), 1U);
  EXPECT_THAT(found.gaps[0].what, HasSubstr("/proc/42/root"));
}

TEST_F(Doctor, hostile_names_stay_on_their_line) {
  node("dev/a\nweb: safe\x1b[2J\\", S_IFBLK, 8, 0);
  const auto found = findings();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, "/dev/a\nweb: safe\x1b[2J\\") << "as it is, for programs";
  const auto line = text(found[0]);
  EXPECT_THAT(line, HasSubstr("UNSAFE dev-block  /dev/a\\012web: safe\\033[2J\\134 (b 8:0): "));
  EXPECT_THAT(line, HasSubstr("Fix: rm $'"));
  EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
}

TEST_F(Doctor, full_root_fills_no_memory) {
  for (unsigned int i = 0; i < 150; ++i) node("dev/" + std::to_string(i), S_IFBLK, 8, i);
  const auto found = report();
  EXPECT_EQ(found.findings.size(), 100U);
  ASSERT_EQ(found.gaps.size(), 1U);
  EXPECT_EQ(found.gaps[0].what, "50 more findings dev-block");
}

TEST_F(Doctor, leaves_no_descriptor_open) {
  node("dev/sda", S_IFBLK, 8, 0);
  subject.system_mounts = false;
  const int before = libjail::testing::open_descriptors();
  findings();
  findings(Scope::kFatal);
  EXPECT_EQ(libjail::testing::open_descriptors(), before);
}

TEST_F(Doctor, subject_of_a_configuration) {
  temp.file("fstab", "# none\n/etc " + subject.root + "/etc none bind,ro 0 0\n");
  conf::JailConfig config{.name = "web"};
  config.path = subject.root;
  config.fstabs = {temp / "fstab"};
  config.address = Address{.ip = 1, .alias = {}};
  config.ceiling = 0;
  const auto made = subject_of(kernel, config);
  ASSERT_THAT(made, libjail::testing::IsOk());
  EXPECT_EQ(made->root, subject.root);
  EXPECT_EQ(made->ceiling, 0U);
  EXPECT_EQ(made->address, 1U);
  EXPECT_FALSE(made->adds_address);
  ASSERT_EQ(made->mounts.size(), 1U);
  EXPECT_EQ(made->mounts[0].source, "/etc");
  config.fstabs = {temp / "none"};
  EXPECT_THAT(subject_of(kernel, config), IsError(ENOENT));
}

TEST_F(Doctor, subject_of_a_running_jail) {
  const auto made = subject_of(
      ListedJail{.ceiling = 5, .address = "10.2.3.4", .name = "web", .hostname = {}, .path = "/x"},
      7);
  EXPECT_EQ(made.root, "/x");
  EXPECT_EQ(made.address, 0x0a020304U);
  EXPECT_EQ(made.process, 7);
}

}  // namespace
}  // namespace libjail::doctor
