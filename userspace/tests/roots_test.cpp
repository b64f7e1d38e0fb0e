// SPDX-License-Identifier: BSD-2-Clause
// jailctl create and destroy with real mounts, and jails in what they make.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/host.hpp"
#include "tests/session.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kJailctl = "/usr/sbin/jailctl";
constexpr const char* kStore = "/var/lib/jail";

class Roots : public HostTest {
 protected:
  void SetUp() override {
    // The guest's own root has no extended attributes for an upper layer. Who fills a disk that is
    // as large as the memory is killed.
    fs::create_directories("/var/lib");
    ASSERT_EQ(::mount("roots", "/var/lib", "tmpfs", 0, "mode=755,size=192m"), 0);
    HostTest::SetUp();
  }
  void TearDown() override {
    EXPECT_THAT(left(), IsEmpty()) << "something is left in the store";
    HostTest::TearDown();
    EXPECT_EQ(::umount2("/var/lib", 0), 0) << "something is in use";
  }

  static std::vector<std::string> left() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(kStore, none)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  static Outcome jailctl(std::vector<std::string> words) {
    words.insert(words.begin(), kJailctl);
    return run(words);
  }
  static void expect_created(const std::string& name, const std::string& from,
                             const std::string& sharing) {
    const auto outcome = jailctl({"create", name, "--from", from, sharing});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, name + ": created, root " + place(name) + "\n");
    EXPECT_EQ(outcome.err, "");
  }
  static void expect_destroyed(const std::string& name) {
    const auto outcome = jailctl({"destroy", "--yes", name});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, name + ": destroyed\n");
  }
  /// Whether some process waits for a flock(2).
  static bool waits_for_a_lock() {
    return libjail::testing::read_text("/proc/locks").find("-> FLOCK") != std::string::npos;
  }
  static std::string place(const std::string& name) {
    return std::string(kStore) + "/" + name + "/root";
  }
  static std::vector<std::string> in_jail(const std::string& name, const std::string& script) {
    return {kJail, "-n", name, place(name), "default", "none", "/bin/sh", "-c", script};
  }
};

TEST_F(Roots, thin_ones_share_a_base_and_nothing_else) {
  expect_created("one", "busybox", "--thin");
  expect_created("two", "busybox", "--thin");
  EXPECT_EQ(run(in_jail("one", "echo changed >/etc/passwd; rm /bin/ls; cat /etc/passwd")).out,
            "changed\n");
  const auto other = run(in_jail("two", "head -n 1 /etc/passwd; ls /bin/ls"));
  EXPECT_EQ(other.out, "root:x:0:0:root:/root:/bin/sh\n/bin/ls\n") << other.err;
  EXPECT_THAT(host_mounts(), HasSubstr(place("one")));
  expect_destroyed("one");
  EXPECT_EQ(run(in_jail("two", "echo here")).out, "here\n");
  expect_destroyed("two");
}

TEST_F(Roots, thin_one_has_no_device_nodes) {
  expect_created("web", "busybox", "--thin");
  ASSERT_EQ(::mknod((place("web") + "/null").c_str(), S_IFCHR | 0666, 0x103), 0);
  EXPECT_EQ(::open((place("web") + "/null").c_str(), O_RDONLY | O_CLOEXEC), -1);
  EXPECT_EQ(errno, EACCES);
  expect_destroyed("web");
}

TEST_F(Roots, running_jail_keeps_its_root) {
  for (const char* sharing : {"--thin", "--copy"}) {
    expect_created("web", "busybox", sharing);
    Process jail(in_jail("web", "echo up; exec sleep 1000"));
    ASSERT_TRUE(jail.prints("up"));
    const auto refused = jailctl({"destroy", "--yes", "web"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("jailctl: web: jail \"web\" runs"));
    ::kill(jail.pid(), SIGKILL);
    jail.wait();

    // Under another name it is found by its path.
    auto argv = in_jail("web", "echo up; exec sleep 1000");
    argv[2] = "other";
    Process other(argv);
    ASSERT_TRUE(other.prints("up"));
    EXPECT_EQ(jailctl({"destroy", "--yes", "web"}).status, 1);
    ::kill(other.pid(), SIGKILL);
    other.wait();
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));
    expect_destroyed("web");
  }
}

TEST_F(Roots, mount_below_keeps_the_root) {
  expect_created("web", "busybox", "--thin");
  const std::string below = place("web") + "/srv";
  ASSERT_EQ(::mount("x", below.c_str(), "tmpfs", 0, nullptr), 0);
  const auto refused = jailctl({"destroy", "--yes", "web"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("mounted on " + below));
  ASSERT_EQ(::umount2(below.c_str(), 0), 0);
  expect_destroyed("web");
}

TEST_F(Roots, jail_cannot_change_a_linked_file) {
  constexpr const char* kAttack =
      "echo evil >>/bin/busybox && echo wrote; chmod 777 /bin/busybox && echo chmod; "
      "chown 1 /bin/busybox && echo chown; mv /bin/busybox /bin/other && echo moved; "
      "chattr -i /bin/busybox && echo freed; /bin/busybox echo alive; echo mine >/etc/mine";
  expect_created("one", "busybox", "--link");
  expect_created("two", "busybox", "--link");
  const auto attack = run(in_jail("one", kAttack));
  EXPECT_EQ(attack.out, "alive\n") << attack.err;
  EXPECT_EQ(run(in_jail("two", "echo well")).out, "well\n");
  expect_destroyed("one");
  expect_destroyed("two");

  expect_created("own", "busybox", "--copy");
  const auto control = run(in_jail("own", kAttack));
  EXPECT_THAT(control.out, HasSubstr("chmod\nchown\nmoved\n")) << "the control: " << control.err;
  expect_destroyed("own");
}

TEST_F(Roots, running_jail_keeps_links_sealed) {
  expect_created("one", "busybox", "--link");
  Process jail(in_jail("one", "echo up; exec sleep 1000"));
  ASSERT_TRUE(jail.prints("up"));
  const auto refused = jailctl({"create", "two", "--from", "busybox", "--link"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("one could write to them"));
  ::kill(jail.pid(), SIGKILL);
  jail.wait();
  ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  expect_destroyed("one");
}

TEST_F(Roots, no_jail_starts_while_linked_files_are_free) {
  expect_created("one", "busybox", "--link");
  std::ofstream("/tmp/linked.conf") << "one { path = " << place("one") << "; mount.nodevfs; "
                                    << "exec.start = 'echo up'; }\n";
  const std::vector<std::vector<std::string>> starts{
      in_jail("one", "echo up"), {kJail, "-f", "/tmp/linked.conf", "-c", "one"}};
  for (const auto& start : starts) {
    // The control: nobody links.
    EXPECT_THAT(run(start).out, HasSubstr("up\n"));
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));

    // What jailctl(8) holds while it links.
    const int bases = ::open("/var/lib/jail/.base", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(bases, LOCK_EX), 0);
    Process jail(start);
    EXPECT_TRUE(comes_true([] { return waits_for_a_lock(); })) << "it does not wait";
    EXPECT_THAT(jails(), IsEmpty());
    ::close(bases);
    const auto outcome = jail.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("up\n"));
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  }
  fs::remove("/tmp/linked.conf");
  expect_destroyed("one");
}

TEST_F(Roots, no_jail_starts_on_a_root_that_is_being_removed) {
  expect_created("one", "busybox", "--thin");
  std::ofstream("/tmp/removed.conf") << "one { path = " << place("one") << "; mount.nodevfs; "
                                     << "persist; }\n";
  const std::string folder = std::string(kStore) + "/one";
  const std::string garbage = std::string(kStore) + "/.one.unfinished";
  const std::vector<std::vector<std::string>> starts{
      in_jail("one", "echo up"), {kJail, "-f", "/tmp/removed.conf", "-c", "one"}};
  for (const auto& start : starts) {
    // The control: nobody removes.
    EXPECT_EQ(run(start).status, 0);
    static_cast<void>(run({kJail, "-q", "-R", "one"}));
    ASSERT_TRUE(comes_true([] { return jails().empty(); }));

    // What jailctl(8) does when it destroys.
    const int held = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    Process jail(start);
    EXPECT_TRUE(comes_true([] { return waits_for_a_lock(); })) << "it does not wait";
    EXPECT_THAT(jails(), IsEmpty());
    ASSERT_EQ(::rename(folder.c_str(), garbage.c_str()), 0);
    ::close(held);
    const auto outcome = jail.finish();
    EXPECT_NE(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr(place("one") + " was removed meanwhile"));
    EXPECT_THAT(jails(), IsEmpty());
    ASSERT_EQ(::rename(garbage.c_str(), folder.c_str()), 0);
  }
  fs::remove("/tmp/removed.conf");
  expect_destroyed("one");
}

TEST_F(Roots, links_that_a_jail_made_lead_nowhere) {
  fs::create_directories("/tmp/kept");
  ::close(::open("/tmp/kept/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  for (const char* sharing : {"--thin", "--copy"}) {
    expect_created("web", "busybox", sharing);
    const auto outcome = run(in_jail(
        "web",
        "rm -r /etc /srv; ln -s /tmp/kept /etc; ln -s ../../../../tmp/kept /srv; echo done"));
    EXPECT_EQ(outcome.out, "done\n") << outcome.err;
    expect_destroyed("web");
    EXPECT_TRUE(fs::exists("/tmp/kept/file"));
  }
  fs::remove_all("/tmp/kept");
}

TEST_F(Roots, printed_commands_do_the_same) {
  for (const char* sharing : {"--thin", "--copy"}) {
    const auto printed = jailctl({"create", "web", "--from", "busybox", sharing, "-n"});
    ASSERT_EQ(printed.status, 0) << printed.err;
    EXPECT_FALSE(fs::exists(kStore)) << "-n changes nothing";
    const auto done = run({"/bin/sh", "-ec", printed.out});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(run(in_jail("web", "echo here")).out, "here\n");

    const auto undo = jailctl({"destroy", "-n", "web"});
    ASSERT_EQ(undo.status, 0) << undo.err;
    EXPECT_THAT(undo.out, HasSubstr("rm -rf"));
    expect_destroyed("web");
    fs::remove(kStore);
  }
}

TEST_F(Roots, reboot_and_mount) {
  expect_created("web", "busybox", "--thin");
  ASSERT_EQ(run(in_jail("web", "echo kept >/etc/kept")).status, 0);
  ASSERT_EQ(::umount2(place("web").c_str(), 0), 0);
  EXPECT_EQ(jailctl({"mount", "--all"}).out, "web: mounted\n");
  EXPECT_EQ(jailctl({"mount", "web"}).out, "") << "once";
  EXPECT_EQ(run(in_jail("web", "cat /etc/kept")).out, "kept\n");
  EXPECT_EQ(jailctl({"umount", "web"}).out, "web: unmounted\n");
  expect_destroyed("web");
}

TEST_F(Roots, signals_at_any_time_leave_nothing) {
  for (const int number : {SIGINT, SIGTERM, SIGKILL}) {
    int cut = 0;
    for (int wait = 0; wait < 400; wait += 23) {
      Process tool({kJailctl, "create", "web", "--from", "busybox"});
      ::usleep(static_cast<useconds_t>(wait) * 1000);
      ::kill(tool.pid(), number);
      const auto outcome = tool.finish();
      if (outcome.status != 0) ++cut;
      if (number != SIGKILL && outcome.status != 0) {
        EXPECT_EQ(outcome.status, 128 + number) << outcome.err;
        EXPECT_THAT(left(), IsEmpty()) << outcome.err;
        EXPECT_THAT(host_mounts(), Not(HasSubstr(kStore)));
      }
      const auto gone = jailctl({"destroy", "--yes", "web"});
      EXPECT_THAT(left(), IsEmpty()) << gone.err;
      EXPECT_THAT(host_mounts(), Not(HasSubstr(kStore)));
    }
    EXPECT_GT(cut, 0);
  }
}

/// Root directories of a limited size.
class SizedRoots : public Roots {
 protected:
  void SetUp() override {
    if (!fs::exists("/sbin/mke2fs")) GTEST_SKIP() << "this guest has no mke2fs";
    Roots::SetUp();
  }
  void TearDown() override {
    if (IsSkipped()) return;
    // The kernel clears a device a moment after its last use.
    EXPECT_TRUE(comes_true([] { return loops().empty(); })) << "a loop device is left";
    Roots::TearDown();
  }

  /// The files behind loop devices.
  static std::vector<std::string> loops() {
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/sys/block", none)) {
      const auto file = entry.path() / "loop/backing_file";
      if (fs::exists(file, none)) files.push_back(file);
    }
    return files;
  }
  static std::uint64_t used() {
    struct statvfs st {};
    EXPECT_EQ(::statvfs("/var/lib", &st), 0);
    return (st.f_blocks - st.f_bfree) * st.f_frsize;
  }
  static std::vector<std::string> create(const std::string& sharing,
                                         const std::string& size = "32M") {
    return {kJailctl, "create", "web", "--from", "busybox", sharing, "--size", size};
  }
  static constexpr std::uint64_t kMiB = 1 << 20;
  static constexpr const char* kFill =
      "dd if=/dev/zero of=/big bs=1048576 count=64 2>&1 && echo all || echo failed";
};

TEST_F(SizedRoots, jail_cannot_fill_the_disk_of_the_host) {
  for (const char* sharing : {"--thin", "--copy"}) {
    expect_created("web", "busybox", sharing);
    const auto before = used();
    EXPECT_THAT(run(in_jail("web", kFill)).out, HasSubstr("all\n")) << "the control";
    EXPECT_GE(used(), before + 64 * kMiB);
    expect_destroyed("web");

    const auto made = run(create(sharing));
    ASSERT_EQ(made.status, 0) << made.err;
    const auto outcome = run(in_jail("web", kFill));
    EXPECT_THAT(outcome.out, HasSubstr("failed\n")) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("No space left on device"));
    EXPECT_LT(used(), before + 40 * kMiB);
    EXPECT_EQ(run(in_jail("web", "rm /big && echo hi >/file && cat /file")).out, "hi\n");
    expect_destroyed("web");
  }
}

TEST_F(SizedRoots, use_is_shown_beside_the_limits) {
  for (const char* sharing : {"--thin", "--copy"}) {
    ASSERT_EQ(run(create(sharing)).status, 0);
    ASSERT_EQ(run({kJail, "-q", "-c", "name=web", "path=" + place("web"), "persist"}).status, 0);
    EXPECT_THAT(jailctl({"limits", "web"}).out,
                ContainsRegex("\ndisk +[0-9]\\.?[0-9]*[KM] +- +32M\n"));
    run({"/usr/sbin/jexec", "web", "dd", "if=/dev/zero", "of=/big", "bs=1048576", "count=20"});
    EXPECT_THAT(jailctl({"limits", "web"}).out,
                ContainsRegex("\ndisk +2[0-9]\\.?[0-9]*M +- +32M\n"));
    EXPECT_EQ(run({kJail, "-q", "-r", "web"}).status, 0);
    expect_destroyed("web");
  }
  expect_created("web", "busybox", "--thin");
  ASSERT_EQ(run({kJail, "-q", "-c", "name=web", "path=" + place("web"), "persist"}).status, 0);
  EXPECT_THAT(jailctl({"limits", "web"}).out, Not(HasSubstr("disk"))) << "without a size";
  EXPECT_EQ(run({kJail, "-q", "-r", "web"}).status, 0);
  expect_destroyed("web");
}

TEST_F(SizedRoots, mounts_come_and_go) {
  for (const char* sharing : {"--thin", "--copy"}) {
    ASSERT_EQ(run(create(sharing)).status, 0);
    ASSERT_EQ(run(in_jail("web", "echo kept >/etc/kept; ls / | grep lost")).out, "");
    EXPECT_EQ(loops().size(), 1U);
    EXPECT_EQ(jailctl({"umount", "web"}).out, "web: unmounted\n");
    EXPECT_TRUE(comes_true([] { return loops().empty(); }));
    EXPECT_THAT(host_mounts(), Not(HasSubstr(kStore)));
    EXPECT_EQ(jailctl({"mount", "--all"}).out, "web: mounted\n");
    EXPECT_EQ(jailctl({"mount", "web"}).out, "") << "once";
    EXPECT_EQ(run(in_jail("web", "cat /etc/kept")).out, "kept\n");
    // Half of it, as one who was killed would leave it.
    ASSERT_EQ(::umount2(place("web").c_str(), 0), 0);
    EXPECT_EQ(jailctl({"mount", "web"}).out, "web: mounted\n");
    EXPECT_EQ(run(in_jail("web", "cat /etc/kept")).out, "kept\n");
    ASSERT_EQ(::umount2(place("web").c_str(), 0), 0);
    expect_destroyed("web");
  }
}

TEST_F(SizedRoots, has_no_device_nodes_and_no_file_of_the_jails_is_the_image) {
  for (const char* sharing : {"--thin", "--copy"}) {
    ASSERT_EQ(run(create(sharing)).status, 0);
    ASSERT_EQ(::mknod((place("web") + "/null").c_str(), S_IFCHR | 0666, 0x103), 0);
    EXPECT_EQ(::open((place("web") + "/null").c_str(), O_RDONLY | O_CLOEXEC), -1);
    EXPECT_EQ(errno, EACCES);
    EXPECT_EQ(run(in_jail("web", "find / -xdev -name image")).out, "");
    struct stat st {};
    ASSERT_EQ(::stat("/var/lib/jail/web/image", &st), 0);
    EXPECT_EQ(st.st_mode & 07777, 0600U);
    expect_destroyed("web");
  }
}

TEST_F(SizedRoots, running_jail_keeps_it) {
  ASSERT_EQ(run(create("--thin")).status, 0);
  Process jail(in_jail("web", "echo up; exec sleep 1000"));
  ASSERT_TRUE(jail.prints("up"));
  EXPECT_EQ(jailctl({"destroy", "--yes", "web"}).status, 1);
  EXPECT_EQ(jailctl({"umount", "web"}).status, 1);
  EXPECT_EQ(loops().size(), 1U);
  ::kill(jail.pid(), SIGKILL);
  jail.wait();
  ASSERT_TRUE(comes_true([] { return jails().empty(); }));
  expect_destroyed("web");
}

TEST_F(SizedRoots, signals_at_any_time_leave_nothing) {
  for (const int number : {SIGINT, SIGTERM, SIGKILL}) {
    int cut = 0;
    for (int wait = 0; wait < 500; wait += 31) {
      Process tool(create(wait % 2 == 0 ? "--thin" : "--copy", "16M"));
      ::usleep(static_cast<useconds_t>(wait) * 1000);
      ::kill(tool.pid(), number);
      const auto outcome = tool.finish();
      if (outcome.status != 0) ++cut;
      if (number != SIGKILL && outcome.status != 0) {
        EXPECT_THAT(left(), IsEmpty()) << outcome.err;
        EXPECT_THAT(host_mounts(), Not(HasSubstr(kStore))) << outcome.err;
      }
      const auto gone = jailctl({"destroy", "--yes", "web"});
      EXPECT_THAT(left(), IsEmpty()) << gone.err;
      EXPECT_THAT(host_mounts(), Not(HasSubstr(kStore))) << gone.err;
      EXPECT_TRUE(comes_true([] { return loops().empty(); })) << wait;
    }
    EXPECT_GT(cut, 0);
  }
}

TEST_F(SizedRoots, commands_are_printed) {
  for (const char* sharing : {"--thin", "--copy"}) {
    auto argv = create(sharing);
    argv.emplace_back("-n");
    const auto printed = run(argv);
    ASSERT_EQ(printed.status, 0) << printed.err;
    EXPECT_FALSE(fs::exists(kStore)) << "-n changes nothing";
    EXPECT_THAT(printed.out, HasSubstr("truncate -s 33554432 /var/lib/jail/web/image"));
    EXPECT_THAT(printed.out, HasSubstr("mount -o loop,nodev /var/lib/jail/web/image "));
    ASSERT_EQ(run(create(sharing)).status, 0);
    const auto undo = jailctl({"destroy", "-n", "web"});
    EXPECT_THAT(undo.out, HasSubstr("umount " + place("web") + "\n"));
    expect_destroyed("web");
    fs::remove(kStore);
  }
}

TEST_F(SizedRoots, full_disk_of_the_host_leaves_nothing) {
  // What is made from first, then no room for the image.
  expect_created("other", "busybox", "--thin");
  const auto filled = run({"/bin/busybox", "sh", "-c", "dd if=/dev/zero of=/var/lib/full bs=4096"});
  EXPECT_THAT(filled.err, HasSubstr("No space left"));
  for (const char* sharing : {"--thin", "--copy"}) {
    const auto outcome = run(create(sharing));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(comes_true([] { return loops().empty(); }));
    EXPECT_FALSE(fs::exists("/var/lib/jail/web"));
    EXPECT_FALSE(fs::exists("/var/lib/jail/.web.unfinished")) << outcome.err;
  }
  ::unlink("/var/lib/full");
  expect_destroyed("other");
}

TEST_F(SizedRoots, wrong_sizes) {
  for (const char* size : {"0", "x", "-1", "1K", "17T", "99999999999999999999"}) {
    const auto outcome = run(create("--copy", size));
    EXPECT_EQ(outcome.status, 1) << size;
    EXPECT_THAT(left(), IsEmpty()) << size;
  }
  EXPECT_EQ(run(create("--link")).status, 2);
}

TEST_F(Roots, terminal_shows_how_far_it_is_and_is_asked) {
  fs::create_directories("/var/lib/from/etc");
  constexpr int kFiles = 40;
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream("/var/lib/from/etc/" + std::to_string(i)) << std::string(1 << 16, 'x');
  }
  const std::vector<std::string> create{kJailctl, "create",        "web",
                                        "--from", "/var/lib/from", "--copy"};
  EXPECT_EQ(run(create).err, "") << "nobody looks";
  expect_destroyed("web");
  Session maker(create);
  EXPECT_EQ(maker.wait(), 0);
  EXPECT_THAT(maker.screen,
              ContainsRegex("\r\x1b\\[Kweb: /var/lib/from: [0-9]+ files, [0-9]+ MiB"));
  EXPECT_THAT(maker.screen, ContainsRegex("MiB\r\x1b\\[Kweb: created, root "));

  for (const std::string answer : {"n\r", "\r", "\x04", "\x03"}) {
    Session asked({kJailctl, "destroy", "web"});
    ASSERT_TRUE(asked.shows("Destroy the root directory of web and all in it? [y/N] "));
    asked.type(answer);
    EXPECT_EQ(asked.wait(), answer == "\x03" ? 128 + SIGINT : 1) << asked.screen;
    EXPECT_TRUE(fs::exists(place("web") + "/etc/0"));
  }
  Session asked({kJailctl, "destroy", "web"});
  ASSERT_TRUE(asked.shows("[y/N] "));
  asked.type("y\r");
  EXPECT_EQ(asked.wait(), 0);
  EXPECT_FALSE(fs::exists(place("web")));
}

TEST_F(Roots, wrong_command_lines_and_requests) {
  EXPECT_EQ(jailctl({}).status, 2);
  EXPECT_EQ(jailctl({"creat"}).status, 2);
  EXPECT_EQ(jailctl({"create", "web"}).status, 2);
  EXPECT_EQ(jailctl({"destroy", "web"}).status, 2) << "nobody to ask";
  for (const char* name : {"../web", "a/b", "..", ".base"}) {
    EXPECT_EQ(jailctl({"create", name, "--from", "busybox"}).status, 1) << name;
    EXPECT_EQ(jailctl({"destroy", "--yes", name}).status, 1) << name;
  }
  const auto missing = jailctl({"destroy", "--yes", "web"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("No such file"));
  const auto user = run({kJailctl, "create", "web", "--from", "busybox"}, [] {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  });
  EXPECT_EQ(user.status, 1);
  EXPECT_THAT(user.err, HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace guest
