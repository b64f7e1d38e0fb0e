// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/mounts.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "doctor/fixture.hpp"

namespace libjail::doctor {
namespace {

using ::testing::ElementsAre;
using testing::Is;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Mounts : public testing::DoctorTest {
 protected:
  /// What is found before a start with that mount in the configuration.
  std::vector<Finding> planned(const std::string& source, const std::string& type,
                               std::vector<std::string> options) {
    subject.mounts = {{.source = source,
                       .target = subject.root + "/mnt",
                       .type = type,
                       .options = std::move(options)}};
    return findings(Scope::kFatal);
  }
};

TEST_F(Mounts, file_systems_of_the_jail_alone) {
  mounts(
      "2 1 8:2 / ROOT rw - ext4 /dev/sda2 rw\n3 2 0:9 / ROOT/tmp rw - tmpfs t rw\n"
      "4 2 0:10 / ROOT/proc rw - proc proc rw\n5 2 0:11 / ROOT/sys ro - sysfs sysfs rw\n");
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
}

TEST_F(Mounts, data_of_the_host_may_be_shared) {
  mounts(
      "2 1 8:1 /srv/data ROOT/data rw - ext4 /dev/sda1 rw\n"
      "3 1 8:1 /usr/bin ROOT/usr/bin ro - ext4 /dev/sda1 rw\n");
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
}

TEST_F(Mounts, folders_of_the_host) {
  mounts(
      "2 1 8:1 / ROOT/a ro - ext4 /dev/sda1 rw\n"
      "3 1 8:1 /etc ROOT/b ro - ext4 /dev/sda1 rw\n"
      "4 1 8:1 /usr/bin ROOT/c rw - ext4 /dev/sda1 rw\n"
      "5 1 8:1 /etc/cron.d ROOT/d rw - ext4 /dev/sda1 rw\n"
      "6 1 8:1 /usr ROOT/e rw - ext4 /dev/sda1 rw\n"
      "7 1 8:1 " +
      temp.path() +
      " ROOT/f ro - ext4 /dev/sda1 rw\n"
      "8 1 0:5 / /dev rw - devtmpfs u rw\n9 1 0:5 / ROOT/dev rw - devtmpfs u rw\n");
  EXPECT_THAT(
      findings(Scope::kFatal),
      UnorderedElementsAre(Is("mount-host", "/a"), Is("mount-host", "/b"), Is("mount-host", "/c"),
                           Is("mount-host", "/d"), Is("mount-host", "/e"), Is("mount-host", "/f"),
                           Is("mount-host", "/dev")));
}

TEST_F(Mounts, part_of_a_file_system_that_the_host_has_elsewhere) {
  mounts(
      "2 1 8:2 /@rootfs /etc rw - btrfs /dev/sda2 rw\n"
      "3 1 8:2 /@rootfs ROOT/a ro - btrfs /dev/sda2 rw\n"
      "4 1 8:2 /@other ROOT/b rw - btrfs /dev/sda2 rw\n");
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/a")));
}

TEST_F(Mounts, root_of_the_host) {
  subject.root = "/";
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/")));
  subject.root = "/etc";
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("mount-host", "/")));
}

TEST_F(Mounts, file_systems_of_the_kernel) {
  mounts(
      "2 1 0:5 / /proc rw - proc proc rw\n3 1 0:5 / ROOT/proc rw - proc proc rw\n"
      "4 1 0:6 / ROOT/sys rw - sysfs sysfs rw\n5 4 0:7 / ROOT/sys/fs rw - cgroup2 c rw\n"
      "6 1 0:5 /kcore ROOT/core rw - proc proc rw\n");
  EXPECT_THAT(findings(Scope::kFatal),
              UnorderedElementsAre(Is("proc-host", "/proc"), Is("sys-rw", "/sys"),
                                   Is("sys-rw", "/sys/fs"), Is("dev-mem", "/core")));
}

TEST_F(Mounts, what_was_covered_does_not_count) {
  mounts("2 1 8:1 /etc ROOT/mnt rw - ext4 /dev/sda1 rw\n3 1 0:9 / ROOT/mnt rw - tmpfs t rw\n");
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
}

TEST_F(Mounts, socket_of_the_host) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string place = temp / "docker.sock";
  std::memcpy(address.sun_path, place.c_str(), place.size());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto found = planned(place, "none", {"bind", "ro"});
  ASSERT_THAT(found, ElementsAre(Is("sock-host", "/mnt")));
  EXPECT_EQ(found[0].level, Level::kUnsafe);

  const std::string inside = temp / "root/s";
  ASSERT_EQ(::link(place.c_str(), inside.c_str()), 0);
  subject.mounts.clear();
  mounts("2 1 8:1 " + place + " ROOT/s rw - ext4 /dev/sda1 rw\n");
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("sock-host", "/s")));
}

TEST_F(Mounts, planned_ones) {
  EXPECT_THAT(planned("/", "none", {"bind", "ro"}), ElementsAre(Is("mount-host", "/mnt")));
  EXPECT_THAT(planned("/etc", "none", {"rbind", "ro"}), ElementsAre(Is("mount-host", "/mnt")));
  EXPECT_THAT(planned("/usr", "nullfs", {"rw"}), ElementsAre(Is("mount-host", "/mnt")));
  EXPECT_THAT(planned("/usr", "nullfs", {"ro"}), IsEmpty());
  EXPECT_THAT(planned("sysfs", "sysfs", {"rw"}), ElementsAre(Is("sys-rw", "/mnt")));
  EXPECT_THAT(planned("sysfs", "sysfs", {"ro"}), IsEmpty());
  EXPECT_THAT(planned("devtmpfs", "devtmpfs", {}), ElementsAre(Is("mount-host", "/mnt")));
  EXPECT_THAT(planned("tmpfs", "tmpfs", {}), IsEmpty());
  ASSERT_EQ(::mknod((temp / "disk").c_str(), S_IFBLK | 0600, makedev(8, 1)), 0);
  EXPECT_THAT(planned(temp / "disk", "ext4", {"ro"}), ElementsAre(Is("mount-host", "/mnt")))
      << "the host has it as its root";
}

TEST_F(Mounts, terminals_and_shared_memory) {
  temp.folder("root/dev/pts");
  temp.folder("root/dev/shm");
  EXPECT_THAT(findings(), IsEmpty()) << "jail(8) mounts them";
  subject.system_mounts = false;
  EXPECT_THAT(findings(), ElementsAre(Is("dev-pts", "/dev/pts"), Is("dev-shm", "/dev/shm")));
  mounts("2 1 0:9 / ROOT/dev/pts rw - devpts d rw\n3 1 0:10 / ROOT/dev/shm rw - tmpfs t rw\n");
  EXPECT_THAT(findings(), IsEmpty());
  mounts(
      "2 1 0:9 / ROOT/dev/pts rw - devpts d rw\n3 1 0:10 / ROOT/dev/shm rw - tmpfs t rw\n"
      "4 1 0:9 / /dev/pts rw - devpts d rw\n5 1 0:10 / /dev/shm rw - tmpfs t rw\n");
  EXPECT_THAT(findings(), ElementsAre(Is("dev-pts", "/dev/pts"), Is("dev-shm", "/dev/shm")));
}

TEST_F(Mounts, no_dev_no_terminals) {
  ASSERT_EQ(::rmdir((temp / "root/dev").c_str()), 0);
  EXPECT_THAT(findings(), ElementsAre(Is("dev-pts", "/dev")));
  temp.link("root/dev", "etc");
  EXPECT_THAT(findings(), ElementsAre(Is("path-symlink", "/dev"))) << "a link is no directory";
  subject.system_mounts = false;
  EXPECT_THAT(findings(Scope::kFatal), ElementsAre(Is("path-symlink", "/dev")));
}

TEST_F(Mounts, device_nodes_that_are_mounted_themselves) {
  node("disk", S_IFBLK, 8, 0);
  node("log", S_IFCHR, 1, 11);
  node("null", S_IFCHR, 1, 3);
  const std::string of_host = "0:6 /x ROOT/";
  mounts("2 1 0:6 / /dev rw - devtmpfs u rw\n3 1 " + of_host + "disk rw - devtmpfs u rw\n4 1 " +
         of_host + "log rw - devtmpfs u rw\n5 1 " + of_host + "null rw - devtmpfs u rw\n");
  EXPECT_THAT(findings(Scope::kFatal),
              UnorderedElementsAre(Is("dev-block", "/disk"), Is("dev-other", "/log")));
  mounts("3 1 " + of_host + "disk rw,nodev - devtmpfs u rw\n");
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
}

TEST_F(Mounts, secrets_of_the_host) {
  mounts(
      "2 1 8:1 /etc/shadow ROOT/a ro - ext4 /dev/sda1 rw\n"
      "3 1 8:1 /etc/ssh ROOT/b ro - ext4 /dev/sda1 rw\n"
      "4 1 8:1 /etc/resolv.conf ROOT/c ro - ext4 /dev/sda1 rw\n");
  EXPECT_THAT(findings(Scope::kFatal),
              UnorderedElementsAre(Is("mount-host", "/a"), Is("mount-host", "/b")));
  mounts("");
  EXPECT_THAT(planned("/etc/shadow", "none", {"bind", "ro"}),
              ElementsAre(Is("mount-host", "/mnt")));
}

}  // namespace
}  // namespace libjail::doctor
