// SPDX-License-Identifier: BSD-2-Clause
// A root directory and a /proc in the test's own folder. Device nodes are real ones.
#pragma once

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "doctor/doctor.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::doctor::testing {

/// EXPECT_THAT(finding, Is("dev-block", "/dev/sda"))
MATCHER_P2(Is, id, object, "has that id and object") {
  return arg.id == id && arg.object == object;
}

class DoctorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mknod(2) and chown(2) need root";
    temp.folder("root/dev");
    temp.folder("root/etc");
    ASSERT_EQ(::chmod((temp / "root").c_str(), 0755), 0);
    temp.file("proc/jails", kHeader);
    temp.file("proc/self/mountinfo", kHostMount);
    temp.file("proc/sys/fs/protected_hardlinks", "1\n");
    temp.file("proc/sys/fs/protected_symlinks", "1\n");
    temp.file("proc/sys/user/max_user_namespaces", "1000\n");
    subject.name = "web";
    subject.root = temp / "root";
    sources.proc = temp / "proc";
  }

  void node(const std::string& name, mode_t type, unsigned int high, unsigned int low) const {
    const auto slash = name.rfind('/');
    if (slash != std::string::npos) temp.folder("root/" + name.substr(0, slash));
    ASSERT_EQ(::mknod((temp / ("root/" + name)).c_str(), type | 0600, makedev(high, low)), 0);
  }

  /// Adds lines to the mounts of the host; ROOT stands for the root directory.
  void mounts(std::string lines) const {
    for (auto at = lines.find("ROOT"); at != std::string::npos; at = lines.find("ROOT")) {
      lines.replace(at, 4, temp / "root");
    }
    temp.file("proc/self/mountinfo", kHostMount + lines);
  }

  Report report(Scope scope = Scope::kAll) {
    auto result = examine(kernel, subject, scope, sources);
    EXPECT_THAT(result, libjail::testing::IsOk());
    return result ? *std::move(result) : Report{};
  }
  std::vector<Finding> findings(Scope scope = Scope::kAll) { return report(scope).findings; }

  static constexpr const char* kHeader =
      "jid parent state processes ceiling address name hostname path\n";
  static inline const std::string kHostMount = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n";

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  Subject subject;
  Sources sources;
};

}  // namespace libjail::doctor::testing
