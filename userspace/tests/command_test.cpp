// SPDX-License-Identifier: BSD-2-Clause
// jail(8) runs a command: what the command is and has, and how it ends.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Command : public HostTest {};

const std::string kStatus =
    "while read k v; do case $k in Jid:|Cap*) echo $k $v;; esac; done "
    "</proc/self/status; read l </proc/self/stat; echo stat $l";

unsigned long task_flags(const std::string& out) {
  // Field 9, counted from the last parenthesis, as the name may have blanks.
  auto at = out.rfind(") ");
  for (int field = 2; at != std::string::npos && field < 8; ++field) at = out.find(' ', at + 1);
  return at == std::string::npos ? 0 : std::stoul(out.substr(out.find(' ', at + 1)));
}

TEST_F(Command, is_in_a_jail) {
  const auto outside = run({"/bin/busybox", "sh", "-c", kStatus});
  EXPECT_THAT(outside.out, HasSubstr("Jid: 0"));
  EXPECT_EQ(task_flags(outside.out) & 0x02000000, 0U);

  const auto inside = run(jail(kStatus));
  EXPECT_THAT(inside.out, Not(HasSubstr("Jid: 0")));
  EXPECT_THAT(inside.out, HasSubstr("Jid: "));
  EXPECT_THAT(inside.out, HasSubstr("CapBnd: 00000000000485fb"));
  EXPECT_THAT(inside.out, HasSubstr("CapEff: 00000000000485fb"));
  EXPECT_NE(task_flags(inside.out) & 0x02000000, 0U) << inside.out;
  EXPECT_EQ(inside.err, "");
}

TEST_F(Command, status_in_place) { EXPECT_EQ(run(jail("exit 7")).status, 7); }

TEST_F(Command, status_through_a_parent) {
  EXPECT_EQ(run(jail("exit 7"), lead_group).status, 7);
  EXPECT_EQ(run(jail("kill -KILL $$"), lead_group).status, 128 + SIGKILL);
}

TEST_F(Command, is_executed_in_place_where_nothing_is_left_to_do) {
  Process process(jail("echo pid; exec sleep 1000"));
  ASSERT_TRUE(process.prints("pid\n"));
  const auto name = [&] {
    return libjail::testing::read_text("/proc/" + std::to_string(process.pid()) + "/comm");
  };
  EXPECT_TRUE(comes_true([&] { return name() == "sleep\n"; })) << name();
  ::kill(process.pid(), SIGKILL);
  EXPECT_EQ(process.wait(), 128 + SIGKILL);
}

TEST_F(Command, not_found_and_not_executable) {
  for (const auto& in_child : {std::function<void()>([] {}), std::function<void()>(lead_group)}) {
    auto outcome = run({kJail, root.path(), "none", "none", "nosuch"}, in_child);
    EXPECT_EQ(outcome.status, 127);
    EXPECT_THAT(outcome.err, HasSubstr("jail: command nosuch is not in the jail"));
    // It is on the host, which must not matter.
    ASSERT_EQ(::access("/bin/busybox", X_OK), 0);
    EXPECT_EQ(run({kJail, root.path(), "none", "none", "/bin/busybox"}, in_child).status, 127);
    outcome = run({kJail, root.path(), "none", "none", "/etc/passwd"}, in_child);
    EXPECT_EQ(outcome.status, 126);
    EXPECT_THAT(outcome.err, HasSubstr("Permission denied"));
  }
}

TEST_F(Command, has_file_systems_of_its_own) {
  const std::string look =
      "ls /dev/pts/ptmx /dev/shm/ /proc/self/status; echo x >/dev/shm/mine; "
      "cat /proc/self/mounts";
  const auto outcome = run(jail(look));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* mount :
       {"proc /proc proc", "tmpfs /dev tmpfs", "devpts /dev/pts devpts", "tmpfs /dev/shm tmpfs"}) {
    EXPECT_THAT(outcome.out, HasSubstr(mount));
  }
  EXPECT_NE(::access("/dev/shm/mine", F_OK), 0);
  EXPECT_NE(::access((root / "dev/pts").c_str(), F_OK), 0) << "the host sees nothing of it";
}

TEST_F(Command, bare_call_mounts_nothing) {
  const std::string look = "cd /proc; echo proc *; cd /dev; echo dev *";
  EXPECT_EQ(run(jail(look, {"-M"})).out, "proc *\ndev *\n");
  EXPECT_THAT(run(jail(look)).out, HasSubstr("null"));
}

TEST_F(Command, host_does_not_see_its_mounts) {
  const std::string before = host_mounts();
  Process process(jail("echo up; exec sleep 1000"));
  ASSERT_TRUE(process.prints("up"));
  EXPECT_EQ(host_mounts(), before);
  ::kill(process.pid(), SIGKILL);
  process.wait();
}

TEST_F(Command, later_mounts_of_the_host_do_not_show_inside) {
  root.folder("later");
  Process process(jail("echo up; while [ ! -e /tmp/go ]; do :; done; cat /proc/self/mounts"));
  ASSERT_TRUE(process.prints("up"));
  ASSERT_EQ(::mount("tmpfs", (root / "later").c_str(), "tmpfs", 0, nullptr), 0);
  root.file("tmp/go", "");
  const auto outcome = process.finish();
  EXPECT_EQ(::umount((root / "later").c_str()), 0);
  EXPECT_THAT(outcome.out, HasSubstr("/dev/pts"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("/later")));
}

TEST_F(Command, root_can_be_unmounted_at_once) {
  // Through a parent, which waits until the kernel has let go.
  const libjail::testing::TempDir folder;
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "mode=755"), 0);
    folder.folder("proc");
    ASSERT_EQ(run({"/bin/busybox", "cp", "/bin/busybox", folder / "true"}).status, 0);
    EXPECT_EQ(run({kJail, folder.path(), "none", "none", "/true"}, lead_group).status, 0);
    EXPECT_EQ(::umount(folder.path().c_str()), 0) << "round " << i;
  }
}

TEST_F(Command, inherits_no_descriptor) {
  const auto leak = [] { open_directory_as(7); };
  const std::string look = "(: <&7) 2>/dev/null && echo leaked || echo closed";
  EXPECT_EQ(run({"/bin/busybox", "sh", "-c", look}, leak).out, "leaked\n");
  EXPECT_EQ(run(jail(look), leak).out, "closed\n");
  const auto leak_in_group = [&] {
    leak();
    lead_group();
  };
  EXPECT_EQ(run(jail(look), leak_in_group).out, "closed\n");
  EXPECT_EQ(run(jail(look, {"-M"}), leak).out, "closed\n");
}

TEST_F(Command, has_exactly_the_standard_descriptors) {
  const std::string look = "ls /proc/$$/fd; :";
  EXPECT_EQ(run(jail(look)).out, "0\n1\n2\n");
  EXPECT_EQ(run(jail(look), lead_group).out, "0\n1\n2\n");
}

TEST_F(Command, name_is_name_and_host_name) {
  Process process(jail("hostname; exec sleep 1000", {"-n", "web"}));
  ASSERT_TRUE(process.prints("web\n"));
  ASSERT_EQ(jails().size(), 1U);
  EXPECT_EQ(jails()[0].name, "web");
  EXPECT_EQ(jails()[0].path, root.path());
  EXPECT_EQ(jails()[0].ceiling, 0x485fbU);
  ::kill(process.pid(), SIGKILL);
  process.wait();
}

TEST_F(Command, signals_are_passed_on) {
  for (const int signal : {SIGTERM, SIGHUP, SIGUSR1}) {
    Process process(jail("trap 'exit 31' TERM HUP USR1; echo up; while :; do sleep 0.02; done"),
                    lead_group);
    ASSERT_TRUE(process.prints("up"));
    ::kill(process.pid(), signal);
    EXPECT_EQ(process.finish().status, 31) << signal;
  }
}

TEST_F(Command, user_of_the_jail) {
  const std::string look = "id; " + kStatus;
  for (const char* capmask : {"none", "default"}) {
    const auto outcome = run(jail(look, {"-U", "bob"}, capmask));
    EXPECT_THAT(outcome.out, HasSubstr("uid=1000(bob) gid=1001")) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("groups=60(games),1001"));
    EXPECT_THAT(outcome.out, HasSubstr("CapEff: 0000000000000000"));
    EXPECT_THAT(outcome.out, HasSubstr("CapPrm: 0000000000000000"));
  }
}

TEST_F(Command, user_of_the_host) {
  EXPECT_THAT(run(jail("id", {"-u", "root"})).out, HasSubstr("uid=0"));
  const auto outcome = run(jail("id", {"-u", "bob"}));  // only in the jail's passwd
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("user \"bob\" is not in /etc/passwd"));
}

TEST_F(Command, login_environment) {
  const auto noise = [] { ::setenv("NOISE", "1", 1); };
  EXPECT_EQ(run(jail("echo $NOISE $PWD"), noise).out, "1 /\n");
  EXPECT_EQ(run(jail("echo $NOISE $USER $HOME $PWD", {"-l", "-U", "bob"}), noise).out,
            "bob /home /home\n");
}

TEST_F(Command, ceiling_is_the_one_given) {
  EXPECT_THAT(run(jail(kStatus, {}, "chown,kill")).out, HasSubstr("CapBnd: 0000000000000021"));
  EXPECT_THAT(run(jail(kStatus, {}, "none")).out, HasSubstr("CapEff: 0000000000000000"));
  EXPECT_EQ(run(jail(kStatus, {}, "+mknod")).status, 125);
  EXPECT_THAT(run(jail(kStatus, {"-o", "allow.unsafe"}, "mknod")).out,
              HasSubstr("CapBnd: 0000000008000000"));
}

TEST_F(Command, jail_in_a_jail_is_refused) {
  put_in(kJail);
  for (const char* option : {"-M", "-q"}) {
    const auto outcome = run(jail(std::string("jail ") + option + " / none none true"));
    EXPECT_EQ(outcome.status, 125);
    EXPECT_THAT(outcome.err, HasSubstr("outside of any jail"));
  }
}

}  // namespace
}  // namespace guest
