// SPDX-License-Identifier: BSD-2-Clause
// What lies in a root directory, wherever and under whatever name.
#include "doctor/files.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "doctor/fixture.hpp"
#include "doctor/tree.hpp"

namespace libjail::doctor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::Is;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Files : public testing::DoctorTest {
 protected:
  void listen(const std::string& place) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    ASSERT_LT(place.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, place.c_str(), place.size());
    socket_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    temp.file("proc/net/unix",
              "Num RefCount Protocol Flags Type St Inode Path\n"
              "0000000000000000: 00000002 00000000 00010000 0001 01 123 " +
                  place + "\n");
  }

  std::vector<std::string> walked(const TreeLimits& limits, std::vector<Error>& gaps) {
    const UniqueFd top(::open(subject.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::vector<std::string> paths;
    walk(
        kernel, top.get(), limits,
        [&](const std::string& path, const struct statx&) { paths.push_back(path); },
        [&](Error error) { gaps.push_back(std::move(error)); });
    return paths;
  }

 private:
  UniqueFd socket_;
};

TEST_F(Files, what_a_jail_needs_is_no_finding) {
  for (const unsigned int low : {3U, 5U, 7U, 8U, 9U}) {
    node("dev/m" + std::to_string(low), S_IFCHR, 1, low);
  }
  node("dev/tty", S_IFCHR, 5, 0);
  node("dev/ptmx", S_IFCHR, 5, 2);
  temp.link("root/dev/fd", "/proc/self/fd");
  temp.file("root/usr/bin/sudo", "");
  ASSERT_EQ(::chmod((temp / "root/usr/bin/sudo").c_str(), 04755), 0);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Files, nodes_are_judged_by_number_not_by_name) {
  node("dev/null", S_IFBLK, 8, 0);
  node("dev/sda", S_IFCHR, 1, 3);
  node("dev/shm", S_IFCHR, 1, 1);
  EXPECT_THAT(findings(), UnorderedElementsAre(
                              AllOf(Is("dev-block", "/dev/null"), Field(&Finding::detail, "b 8:0")),
                              Is("dev-mem", "/dev/shm")));
}

TEST_F(Files, nodes_hidden_deep) {
  node("usr/share/doc/a/b/c/d/e/f/.x", S_IFCHR, 10, 200);
  node("var/null", S_IFCHR, 1, 3);
  EXPECT_THAT(findings(),
              UnorderedElementsAre(Is("dev-tun", "/usr/share/doc/a/b/c/d/e/f/.x"),
                                   Is("node-outside-dev", "/usr/share/doc/a/b/c/d/e/f/.x"),
                                   Is("node-outside-dev", "/var/null")));
}

TEST_F(Files, nodev_makes_nodes_harmless_but_for_dev) {
  node("var/sda", S_IFBLK, 8, 0);
  node("dev/sda", S_IFBLK, 8, 0);
  mounts("2 1 0:9 / ROOT rw,nodev - overlay x rw\n");
  EXPECT_THAT(findings(), ElementsAre(Is("dev-block", "/dev/sda")));
}

TEST_F(Files, mark_of_a_removed_file_is_no_node) {
  node("etc/gone", S_IFCHR, 0, 0);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Files, set_user_id_in_dev) {
  temp.file("root/dev/sh", "");
  ASSERT_EQ(::chmod((temp / "root/dev/sh").c_str(), 04755), 0);
  temp.file("root/dev/deep/sh", "");
  ASSERT_EQ(::chmod((temp / "root/dev/deep/sh").c_str(), 02755), 0);
  EXPECT_THAT(findings(),
              UnorderedElementsAre(Is("suid-dev", "/dev/sh"), Is("suid-dev", "/dev/deep/sh")));
}

TEST_F(Files, names_outside_of_the_root) {
  temp.file("root/etc/a", "text");
  ASSERT_EQ(::link((temp / "root/etc/a").c_str(), (temp / "root/b").c_str()), 0);
  EXPECT_THAT(findings(), IsEmpty()) << "both names are the jail's own";
  ASSERT_EQ(::link((temp / "root/etc/a").c_str(), (temp / "outside").c_str()), 0);
  EXPECT_THAT(findings(), ElementsAre(Field(&Finding::id, "link-shared")));
  temp.file("root/c", "text");
  ASSERT_EQ(::link((temp / "root/c").c_str(), (temp / "other").c_str()), 0);
  const auto found = findings();
  ASSERT_EQ(found.size(), 1U) << "one line says it";
  EXPECT_THAT(found[0].sentence, HasSubstr("1 more file"));
  mounts("2 1 0:9 / ROOT rw - overlay x rw\n");
  EXPECT_THAT(findings(), IsEmpty()) << "overlayfs copies such a file";
}

TEST_F(Files, socket_of_a_server_of_the_host) {
  listen(temp / "docker.sock");
  EXPECT_THAT(findings(), IsEmpty());
  ASSERT_EQ(::link((temp / "docker.sock").c_str(), (temp / "root/var-s").c_str()), 0);
  const auto found = findings();
  ASSERT_THAT(found, ElementsAre(Is("sock-host", "/var-s")));
  EXPECT_EQ(found[0].level, Level::kUnsafe);
}

TEST_F(Files, socket_in_the_root_is_its_own) {
  listen(temp / "root/s");
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Files, links_are_not_followed) {
  temp.folder("outside");
  ASSERT_EQ(::mknod((temp / "outside/sda").c_str(), S_IFBLK | 0600, makedev(8, 0)), 0);
  temp.link("root/away", temp / "outside");
  temp.link("root/dev/loop", ".");
  temp.link("root/dev/up", "../../outside");
  EXPECT_THAT(findings(), IsEmpty());
  // The control: the links do lead there.
  struct stat st {};
  EXPECT_EQ(::stat((temp / "root/away/sda").c_str(), &st), 0);
}

TEST_F(Files, folder_that_becomes_a_link_is_not_entered) {
  temp.folder("outside/deep");
  temp.folder("root/a/deep");
  const UniqueFd top(::open(subject.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::vector<std::string> paths;
  walk(
      kernel, top.get(), {},
      [&](const std::string& path, const struct statx&) {
        paths.push_back(path);
        if (path != "a") return;
        ASSERT_EQ(::rename((temp / "root/a").c_str(), (temp / "moved").c_str()), 0);
        ASSERT_EQ(::symlink((temp / "outside").c_str(), (temp / "root/a").c_str()), 0);
      },
      [](const Error&) {});
  EXPECT_THAT(paths, UnorderedElementsAre("a", "dev", "etc"));
}

TEST_F(Files, depth_and_number_are_bounded) {
  temp.folder("root/1/2/3/4/5/6");
  std::vector<Error> gaps;
  EXPECT_THAT(walked({.depth = 4}, gaps),
              UnorderedElementsAre("1", "1/2", "1/2/3", "1/2/3/4", "dev", "etc"));
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].what, "/1/2/3/4: folders are nested deeper than 4");
  gaps.clear();
  EXPECT_EQ(walked({.files = 2}, gaps).size(), 2U);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_THAT(gaps[0].what, HasSubstr("more than 2 files"));
}

}  // namespace
}  // namespace libjail::doctor
