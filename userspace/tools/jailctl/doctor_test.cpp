// SPDX-License-Identifier: BSD-2-Clause
// jailctl doctor: which jail is meant, what is printed, how it ends.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tools/jailctl/tool_fixture.hpp"

namespace jailctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DoctorTool : public testing::ToolTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mknod(2) needs root";
    ToolTest::SetUp();
    temp.folder("root/dev");
    ASSERT_EQ(::chmod(root.c_str(), 0755), 0);
    kernel.addresses = {{"eth0", 0x0a020304}};
  }
  void plant() const {
    ASSERT_EQ(::mknod((root + "/dev/sda").c_str(), S_IFBLK | 0600, makedev(8, 0)), 0);
  }

  const std::string root = temp / "root";
};

TEST_F(DoctorTool, safe_path) {
  const auto outcome = run({"doctor", root, "default", "10.2.3.4"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, root + ": safe\n");
}

TEST_F(DoctorTool, unsafe_path) {
  plant();
  const auto outcome = run({"doctor", root});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, root +
                             ": UNSAFE dev-block  /dev/sda (b 8:0): jailed root could mount or "
                             "overwrite the host's disk. Fix: rm " +
                             root + "/dev/sda\n");
}

TEST_F(DoctorTool, warnings_count_when_strict) {
  const std::vector<std::string> words{"doctor", root, "default", "10.2.3.5"};
  const auto outcome = run(words);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr(": warn ip-missing  10.2.3.5: "));
  auto strict = words;
  strict.insert(strict.begin() + 1, "--strict");
  EXPECT_EQ(run(strict).status, 1);
  EXPECT_EQ(run({"doctor", root, "default", "eth0|10.2.3.5/24"}).status, 0);
}

TEST_F(DoctorTool, masks) {
  EXPECT_THAT(run({"doctor", root, "chown,sys_admin"}).out, HasSubstr("UNSAFE cap-admin"));
  EXPECT_THAT(run({"doctor", root, "0x8000000000000000"}).out, HasSubstr("UNSAFE cap-unknown"));
  const auto wrong = run({"doctor", root, "frobnicate"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no capability \"frobnicate\""));
}

TEST_F(DoctorTool, what_cannot_be_looked_at) {
  EXPECT_EQ(run({"doctor", temp / "none"}).status, 2);
  const auto nobody = run({"doctor", "nobody"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("no jail \"nobody\" runs"));
  EXPECT_EQ(run({"doctor", "web", "default"}).status, 2);
  EXPECT_EQ(run({"doctor", root, "none", "none", "more"}).status, 2);
}

TEST_F(DoctorTool, json) {
  plant();
  const auto outcome = run({"doctor", "--json", root});
  EXPECT_EQ(outcome.status, 1);
  const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
  ASSERT_EQ(json["findings"].size(), 1U);
  EXPECT_EQ(json["findings"][0]["id"], "dev-block");
  EXPECT_EQ(json["findings"][0]["level"], "UNSAFE");
  EXPECT_EQ(json["findings"][0]["object"], "/dev/sda");
  EXPECT_TRUE(json["gaps"].empty());
}

TEST_F(DoctorTool, mends_after_a_preview) {
  plant();
  ASSERT_EQ(::chmod(root.c_str(), 0777), 0);
  const auto preview = run({"doctor", "-n", root});
  EXPECT_THAT(preview.out, HasSubstr("rm " + root + "/dev/sda\n"));
  EXPECT_THAT(preview.out, HasSubstr("chmod go-w " + root + "\n"));
  EXPECT_EQ(preview.status, 1);
  EXPECT_EQ(::access((root + "/dev/sda").c_str(), F_OK), 0) << "-n changes nothing";

  const auto mended = run({"doctor", "--fix", root});
  EXPECT_EQ(mended.status, 0) << mended.err;
  EXPECT_THAT(mended.out, HasSubstr(root + ": safe\n"));
  EXPECT_NE(::access((root + "/dev/sda").c_str(), F_OK), 0);
  EXPECT_EQ(run({"doctor", "--fix", root}).out, root + ": safe\n");
}

TEST_F(DoctorTool, configured_jail) {
  temp.file("etc/jail.conf", "web { path = \"" + root + "\"; ip4.addr = 10.2.3.4; }\n");
  EXPECT_EQ(run({"doctor", "web"}).out, "web: safe\n");
  EXPECT_EQ(run({"doctor"}).out, "web: safe\n");
  plant();
  EXPECT_THAT(run({"doctor"}).out, HasSubstr("web: UNSAFE dev-block"));
}

TEST_F(DoctorTool, running_jail_with_a_network_of_its_own) {
  kernel.addresses.clear();
  jails("7 0 active 1 0000000000000000 10.2.3.4 web - " + root + "\n");
  temp.file("proc/12/status", "State:\tS\nPPid:\t1\nUid:\t0\nJid:\t7\n");
  temp.file("proc/self/ns/net", "");
  temp.file("proc/12/ns/net", "");
  EXPECT_THAT(run({"doctor", "web"}).out, Not(HasSubstr("ip-missing")));
  ::unlink((temp / "proc/12/ns/net").c_str());
  ASSERT_EQ(::link((temp / "proc/self/ns/net").c_str(), (temp / "proc/12/ns/net").c_str()), 0);
  EXPECT_THAT(run({"doctor", "web"}).out, HasSubstr("ip-missing")) << "the host's network";
  temp.file("run/interfaces/j-web", "jail web\n");
  EXPECT_THAT(run({"doctor", "web"}).out, Not(HasSubstr("ip-missing"))) << "jail(8) made it";
}

TEST_F(DoctorTool, running_jail) {
  jails("7 0 active 1 0000000000200000 10.2.3.4 web - " + root + "\n");
  temp.file("proc/41/status", "Name:\tsh\nState:\tS\nPPid:\t1\nUid:\t0\nJid:\t7\n");
  temp.file("proc/41/mountinfo",
            "8 1 0:31 / /dev rw - tmpfs tmpfs rw\n9 8 0:32 / /dev/pts rw - devpts devpts rw\n");
  temp.link("proc/41/root", root);
  temp.file("proc/40/status", "Name:\tsshd\nState:\tS\nPPid:\t1\nUid:\t0\nJid:\t7\n");
  temp.link("proc/40/root", root + "/dev");
  for (const char* name : {"web", "7"}) {
    const auto outcome = run({"doctor", name});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.out, HasSubstr("web: UNSAFE cap-admin"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("dev-")));
  }
}

TEST_F(DoctorTool, running_jail_without_a_process) {
  ASSERT_EQ(::chown(root.c_str(), 100000, 100000), 0);
  jails("7 0 active 0 0000000000000000 10.2.3.5 web - " + root + "\n");
  const auto as = [&](const std::string& parameters) {
    temp.file("run/records/web/jail.conf", "web { path = \"" + root + "\"; " + parameters + "}\n");
    return run({"doctor", "web"}).out;
  };
  auto out = as("persist;");
  EXPECT_THAT(out, HasSubstr("path-owner"));
  EXPECT_THAT(out, HasSubstr("ip-missing"));
  out = as("persist; idmap = '100000:0:65536'; vnet;");
  EXPECT_THAT(out, Not(HasSubstr("path-owner")));
  EXPECT_THAT(out, Not(HasSubstr("ip-missing")));
}

TEST_F(DoctorTool, kernel_without_jails) {
  kernel.version_error = ENOSYS;
  const auto outcome = run({"doctor", root});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("UNSAFE kernel-none"));
}

}  // namespace
}  // namespace jailctl
