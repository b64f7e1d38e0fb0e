// SPDX-License-Identifier: BSD-2-Clause
// jaildoctor(8) on real mounts, nodes and jails: each check is silent on a clean root directory and
// speaks when what it is for is planted.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "jail/linux_kernel.hpp"
#include "jail/unique_fd.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDoctor = "/usr/sbin/jaildoctor";
constexpr const char* kJailctl = "/usr/sbin/jailctl";

class JailDoctor : public HostTest {
 protected:
  void SetUp() override {
    // As a distribution has them; the kernel's own default is 0.
    for (const char* name : {"hardlinks", "symlinks"}) {
      write(std::string("/proc/sys/fs/protected_") + name, "1\n");
    }
    HostTest::SetUp();
    root.folder("mnt");
    expect_safe("at first");
  }

  static void write(const std::string& path, const std::string& text) {
    const libjail::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()))
        << path;
  }
  static Outcome doctor(std::vector<std::string> words) {
    words.insert(words.begin(), kDoctor);
    return run(words);
  }
  static Outcome jailctl(std::vector<std::string> words) {
    words.insert(words.begin(), kJailctl);
    return run(words);
  }
  void expect_safe(const std::string& when) const {
    const auto outcome = doctor({root.path(), "default", "none"});
    EXPECT_EQ(outcome.status, 0) << when << ": " << outcome.out << outcome.err;
    EXPECT_EQ(outcome.out, root.path() + ": safe\n") << when;
    EXPECT_EQ(outcome.err, "") << when;
  }
  /// Silent before (the first time, and each time after the one before), planted, silent again.
  void expect_found(const std::string& id, bool is_unsafe, const std::function<void()>& plant,
                    const std::function<void()>& remove) const {
    plant();
    const auto outcome = doctor({root.path(), "default", "none"});
    EXPECT_EQ(outcome.status, is_unsafe ? 1 : 0) << id << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr(": " + std::string(is_unsafe ? "UNSAFE " : "warn ") + id));
    remove();
    expect_safe("after " + id);
  }
  void expect_node(const std::string& id, bool is_unsafe, const std::string& name, mode_t type,
                   unsigned int high, unsigned int low) const {
    const std::string path = root / name;
    expect_found(
        id, is_unsafe,
        [&] { ASSERT_EQ(::mknod(path.c_str(), type | 0600, makedev(high, low)), 0); },
        [&] { ASSERT_EQ(::unlink(path.c_str()), 0); });
  }
  void expect_mount(const std::string& id, const char* source, const char* type,
                    unsigned long flags) const {
    const std::string place = root / "mnt";
    expect_found(
        id, true, [&] { ASSERT_EQ(::mount(source, place.c_str(), type, flags, nullptr), 0); },
        [&] { ASSERT_EQ(::umount2(place.c_str(), MNT_DETACH), 0); });
  }
};

TEST_F(JailDoctor, device_nodes) {
  expect_node("dev-mem", true, "dev/null", S_IFCHR, 1, 1);
  expect_node("dev-block", true, "dev/sda", S_IFBLK, 8, 0);
  expect_node("dev-block", true, "dev/null", S_IFCHR, 10, 236);
  expect_node("dev-tty", true, "dev/console", S_IFCHR, 5, 1);
  expect_node("dev-input", true, "dev/mice", S_IFCHR, 13, 63);
  expect_node("dev-dri", true, "dev/card0", S_IFCHR, 226, 0);
  expect_node("dev-tun", false, "dev/tun", S_IFCHR, 10, 200);
  expect_node("dev-hw", true, "dev/kvm", S_IFCHR, 10, 232);
  expect_node("dev-other", false, "dev/kmsg", S_IFCHR, 1, 11);
  expect_node("node-outside-dev", true, "etc/null", S_IFCHR, 1, 3);
  root.folder("home/a/b/c/d/e/f");
  expect_node("dev-block", true, "home/a/b/c/d/e/f/.x", S_IFBLK, 8, 0);
}

TEST_F(JailDoctor, files) {
  const std::string shell = root / "dev/sh";
  expect_found(
      "suid-dev", true,
      [&] {
        write(shell, "");
        ASSERT_EQ(::chmod(shell.c_str(), 04755), 0);
      },
      [&] { fs::remove(shell); });
  const std::string outside = root.path() + ".outside";
  expect_found(
      "link-shared", false,
      [&] {
        ASSERT_EQ(::link((root / "etc/passwd").c_str(), outside.c_str()), 0);
        EXPECT_EQ(doctor({"--strict", root.path(), "default", "none"}).status, 1);
      },
      [&] { fs::remove(outside); });
}

TEST_F(JailDoctor, way_to_the_root) {
  expect_found(
      "path-writable", true, [&] { ASSERT_EQ(::chmod(root.path().c_str(), 0777), 0); },
      [&] { ASSERT_EQ(::chmod(root.path().c_str(), 0755), 0); });
  expect_found(
      "path-owner", true, [&] { ASSERT_EQ(::chown(root.path().c_str(), 1000, 0), 0); },
      [&] { ASSERT_EQ(::chown(root.path().c_str(), 0, 0), 0); });
  const std::string link = root.path() + ".link";
  fs::create_symlink(root.path(), link);
  EXPECT_THAT(doctor({link}).out, HasSubstr("UNSAFE path-symlink  " + link));
  fs::remove(link);
}

TEST_F(JailDoctor, start_is_refused) {
  const auto start = [&](const std::vector<std::string>& options) {
    return run(jail("true", options));
  };
  const auto expect_refused = [&](const std::vector<std::string>& options, const char* id) {
    const auto outcome = start(options);
    EXPECT_EQ(outcome.status, 125) << id;
    EXPECT_THAT(outcome.err, HasSubstr(std::string("UNSAFE ") + id));
    EXPECT_EQ(start({"-o", "allow.unsafe"}).status, 0) << id << " can be accepted";
  };
  root.folder("mnt/deep");
  for (const auto& options : std::vector<std::vector<std::string>>{{}, {"-M"}}) {
    EXPECT_EQ(start(options).status, 0);
    for (const auto& place : {root / "mnt", root / "mnt/deep"}) {
      ASSERT_EQ(::mount("/etc", place.c_str(), nullptr, MS_BIND, nullptr), 0);
      expect_refused(options, "mount-host");
      ASSERT_EQ(::umount2(place.c_str(), MNT_DETACH), 0);
    }
    // The root directory may be a mount itself: of its own place, or of the host's.
    ASSERT_EQ(::mount(root.path().c_str(), root.path().c_str(), nullptr, MS_BIND, nullptr), 0);
    EXPECT_EQ(start(options).status, 0);
    ASSERT_EQ(::mount("/", root.path().c_str(), nullptr, MS_BIND, nullptr), 0);
    expect_refused(options, "mount-host");
    for (int i = 0; i < 2; ++i) ASSERT_EQ(::umount2(root.path().c_str(), MNT_DETACH), 0);
  }
  ASSERT_EQ(::mknod((root / "dev/sda").c_str(), S_IFBLK | 0600, makedev(8, 0)), 0);
  EXPECT_EQ(start({}).status, 0) << "the jail has a /dev of its own";
  expect_refused({"-M"}, "dev-block");
}

TEST_F(JailDoctor, whether_there_are_mounts) {
  libjail::LinuxKernel kernel;
  const libjail::UniqueFd directory(::open(root.path().c_str(), O_PATH | O_CLOEXEC));
  const auto has_mounts = [&] {
    const auto any = kernel.has_mounts(directory.get());
    EXPECT_TRUE(any.has_value()) << (any ? 0 : any.error());
    return any.value_or(false);
  };
  const auto folder = fs::current_path();
  EXPECT_FALSE(has_mounts());
  for (const char* name : {"mnt", "dev"}) {
    ASSERT_EQ(::mount("none", (root / name).c_str(), "tmpfs", 0, nullptr), 0);
    EXPECT_TRUE(has_mounts()) << name;
    ASSERT_EQ(::umount2((root / name).c_str(), 0), 0);
    EXPECT_FALSE(has_mounts()) << name;
  }
  const std::string beside = root.path() + ".beside";
  fs::create_directory(beside);
  ASSERT_EQ(::mount("none", beside.c_str(), "tmpfs", 0, nullptr), 0);
  EXPECT_FALSE(has_mounts());
  ASSERT_EQ(::umount2(beside.c_str(), 0), 0);
  fs::remove(beside);
  EXPECT_EQ(fs::current_path(), folder);
  EXPECT_TRUE(fs::exists(root.path())) << "the root directory is the host's again";
  // What is done on the way does not show in the start either.
  const auto here = [&] { static_cast<void>(::chdir(root.path().c_str())); };
  EXPECT_EQ(run({kJail, "-M", ".", "default", "none", "/bin/true"}, here).status, 0);
}

TEST_F(JailDoctor, mounts_of_the_host) {
  expect_mount("mount-host", "/", "none", MS_BIND);
  expect_mount("mount-host", "/etc", "none", MS_BIND);
  expect_mount("proc-host", "/proc", "none", MS_BIND);
  expect_mount("sys-rw", "sysfs", "sysfs", 0);
  const std::string place = root / "mnt";
  ASSERT_EQ(::mount("sysfs", place.c_str(), "sysfs", MS_RDONLY, nullptr), 0);
  expect_safe("read-only sysfs");
  ASSERT_EQ(::umount2(place.c_str(), 0), 0);

  // A single file of it, which no longer knows who looks.
  const std::string file = root / "etc/passwd";
  expect_found(
      "proc-host", true,
      [&] { ASSERT_EQ(::mount("/proc/kallsyms", file.c_str(), "none", MS_BIND, nullptr), 0); },
      [&] { ASSERT_EQ(::umount2(file.c_str(), 0), 0); });
}

TEST_F(JailDoctor, socket_of_the_host) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "/run/docker.sock"};
  const libjail::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string file = root / "etc/group";
  expect_found(
      "sock-host", true,
      [&] { ASSERT_EQ(::mount("/run/docker.sock", file.c_str(), "none", MS_BIND, nullptr), 0); },
      [&] { ASSERT_EQ(::umount2(file.c_str(), 0), 0); });
  fs::remove("/run/docker.sock");
}

TEST_F(JailDoctor, node_below_a_mount_is_not_removed) {
  const std::string place = root / "mnt";
  fs::create_directory("/tmp/kept");
  ASSERT_EQ(::mknod("/tmp/kept/sda", S_IFBLK | 0600, makedev(8, 0)), 0);
  ASSERT_EQ(::mount("/tmp/kept", place.c_str(), "none", MS_BIND, nullptr), 0);
  const auto outcome = doctor({"--fix", root.path()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("UNSAFE dev-block  /mnt/sda"));
  EXPECT_TRUE(fs::exists("/tmp/kept/sda"));
  ASSERT_EQ(::umount2(place.c_str(), 0), 0);
  fs::remove_all("/tmp/kept");
}

TEST_F(JailDoctor, preview_and_repair) {
  ASSERT_EQ(::mknod((root / "dev/sda").c_str(), S_IFBLK | 0600, makedev(8, 0)), 0);
  const auto preview = doctor({"-n", root.path()});
  EXPECT_THAT(preview.out, HasSubstr("rm " + root / "dev/sda" + "\n"));
  EXPECT_TRUE(fs::exists(root / "dev/sda"));
  EXPECT_EQ(doctor({"--fix", root.path()}).status, 0);
  EXPECT_FALSE(fs::exists(root / "dev/sda"));
  expect_safe("mended");
}

TEST_F(JailDoctor, addresses) {
  EXPECT_THAT(doctor({root.path(), "default", "10.9.9.9"}).out, HasSubstr("warn ip-missing"));
  EXPECT_THAT(doctor({root.path(), "default", kAddress}).out, Not(HasSubstr("ip-")));
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}, "default", kAddress));
  ASSERT_TRUE(first.prints("up"));
  EXPECT_THAT(doctor({root.path(), "default", kAddress}).out, HasSubstr("warn ip-shared"));
  EXPECT_THAT(doctor({"web"}).out, Not(HasSubstr("ip-shared")));
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

TEST_F(JailDoctor, ceilings) {
  for (const auto* name : {"sys_boot", "sys_module", "mknod", "net_admin", "sys_rawio", "sys_admin",
                           "sys_ptrace", "dac_read_search", "bpf"}) {
    EXPECT_EQ(doctor({root.path(), name}).status, 1) << name;
    // The kernel says the same.
    EXPECT_EQ(run({kJail, root.path(), name, "none", "true"}).status, 125) << name;
  }
  EXPECT_EQ(doctor({root.path(), "chown,kill"}).status, 0);
}

TEST_F(JailDoctor, jail_that_runs) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}));
  ASSERT_TRUE(first.prints("up"));
  const auto clean = doctor({"web"});
  EXPECT_EQ(clean.out, "web: safe\n") << clean.err;
  EXPECT_EQ(doctor({}).out, "web: safe\n");
  // In the private /dev of the jail, which the host does not see.
  const std::string inside = "/proc/" + std::to_string(first.pid()) + "/root";
  ASSERT_EQ(::mknod((inside + "/dev/.x").c_str(), S_IFBLK | 0600, makedev(8, 0)), 0);
  EXPECT_FALSE(fs::exists(root / "dev/.x"));
  const auto planted = doctor({"web"});
  EXPECT_EQ(planted.status, 1);
  EXPECT_THAT(planted.out, HasSubstr("web: UNSAFE dev-block  /dev/.x (b 8:0)"));
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

TEST_F(JailDoctor, jail_with_the_folders_of_the_host_as_they_are) {
  root.folder("dev/pts");
  root.folder("dev/shm");
  Process first(jail("echo up; exec sleep 1000", {"-n", "web", "-M"}));
  ASSERT_TRUE(first.prints("up"));
  const auto outcome = doctor({"web"});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("web: warn dev-pts"));
  EXPECT_THAT(outcome.out, HasSubstr("web: warn dev-shm"));
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

TEST_F(JailDoctor, tree_that_changes_under_it) {
  // Whoever is in the jail swaps a folder and a link to the host's /dev, which is full of nodes.
  root.folder("home/a");
  root.link("home/b", "/dev");
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      static_cast<void>(::renameat2(AT_FDCWD, (root / "home/a").c_str(), AT_FDCWD,
                                    (root / "home/b").c_str(), RENAME_EXCHANGE));
    }
  });
  for (int i = 0; i < 20; ++i) {
    const auto outcome = doctor({root.path()});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  }
  stop = true;
  swapper.join();
}

TEST_F(JailDoctor, deep_trees_end) {
  std::string name = "home";
  for (int i = 0; i < 300; ++i) name += "/d";
  root.folder(name);
  expect_node("dev-block", true, name + "/.x", S_IFBLK, 8, 0);
}

TEST_F(JailDoctor, jailctl_shows_and_enters_jails) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}, "default", kAddress));
  ASSERT_TRUE(first.prints("up"));
  EXPECT_THAT(jailctl({"list"}).out, HasSubstr("running 10.2.3.4"));
  EXPECT_THAT(jailctl({"list", "--json"}).out, HasSubstr("\"name\": \"web\""));
  EXPECT_THAT(jailctl({"ps", "web"}).out, HasSubstr("sleep 1000"));
  EXPECT_EQ(jailctl({"exec", "web", "sh", "-c", "exit 7"}).status, 7);
  EXPECT_EQ(jailctl({"exec", "web", "echo", "-n", "in"}).out, "in");
  EXPECT_EQ(jailctl({"exec", "-n", "web", "ls"}).out, "/usr/sbin/jexec web ls\n");
  EXPECT_EQ(jailctl({"ps", "db"}).status, 1);
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

}  // namespace
}  // namespace guest
