// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/console_log.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::lifecycle {
namespace {

using testing::FailsWith;
using testing::IsOk;

class ConsoleLog : public ::testing::Test {
 protected:
  void SetUp() override {
    host.folder("web/log");
    host.folder("etc");
    host.link("alias", "web");
  }
  auto open(const std::string& path) { return open_console_log(kernel, host / path, host / "web"); }

  testing::TempDir host;
  testing::FakeKernel kernel;
};

TEST_F(ConsoleLog, is_made_inside_and_outside) {
  for (const char* path : {"web/log/console", "alias/log/console", "console", "web/../etc/console",
                           "alias/./../etc/other"}) {
    EXPECT_THAT(open(path), IsOk()) << path;
    EXPECT_EQ(::access((host / path).c_str(), F_OK), 0) << path;
  }
}

TEST_F(ConsoleLog, follows_no_link_of_the_jail_however_its_root_is_called) {
  ASSERT_EQ(::rmdir((host / "web/log").c_str()), 0);
  host.link("web/log", host / "etc");
  for (const char* path : {"web/log/console", "etc/../web/log/console", "alias/log/console"}) {
    EXPECT_THAT(open(path), FailsWith("has a symbolic link in it")) << path;
    EXPECT_NE(::access((host / "etc/console").c_str(), F_OK), 0) << path;
    ::unlink((host / "etc/console").c_str());
  }
}

}  // namespace
}  // namespace libjail::lifecycle
