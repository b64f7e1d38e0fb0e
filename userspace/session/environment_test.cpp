// SPDX-License-Identifier: BSD-2-Clause
#include "session/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "testing/temp_dir.hpp"

namespace session {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const libjail::User kBob{
    .name = "bob", .uid = 7, .gid = 8, .home = "/home/bob", .shell = "/bin/ash", .groups = {8}};

TEST(Environment, login) {
  EXPECT_THAT(
      login_environment(kBob, "vt100"),
      ::testing::UnorderedElementsAre("HOME=/home/bob", "SHELL=/bin/ash", "USER=bob", "LOGNAME=bob",
                                      "PATH=/usr/local/bin:/usr/bin:/bin", "TERM=vt100"));
}

TEST(Environment, login_of_root_without_terminal) {
  const auto environment =
      login_environment({.name = "root", .home = {}, .shell = {}, .groups = {}}, nullptr);
  EXPECT_THAT(environment, Contains(HasSubstr("/usr/sbin")));
  EXPECT_THAT(environment, Contains("HOME=/"));
  EXPECT_THAT(environment, Contains("SHELL=/bin/sh"));
  EXPECT_THAT(environment, Not(Contains(StartsWith("TERM="))));
}

TEST(Execute, not_found) {
  const auto failure = execute({.argv = {"/no/such/command"}});
  EXPECT_EQ(failure.status, 127);
  EXPECT_EQ(failure.error.text(), "command /no/such/command is not in the jail");
  EXPECT_EQ(execute({.argv = {"no-such-command"}}).status, 127);
  EXPECT_EQ(execute({.argv = {""}}).status, 127);
}

TEST(Execute, program_and_its_name_may_differ) {
  const auto failure = execute({.argv = {"-sh"}, .program = "/no/such/shell"});
  EXPECT_EQ(failure.status, 127);
  EXPECT_EQ(failure.error.text(), "command /no/such/shell is not in the jail");
}

TEST(Execute, not_executable) {
  const libjail::testing::TempDir folder;
  folder.file("data", "text");
  const auto failure = execute({.argv = {folder / "data"}});
  EXPECT_EQ(failure.status, 126);
  EXPECT_THAT(failure.error.text(), HasSubstr("Permission denied"));
  EXPECT_EQ(execute({.argv = {folder.path()}}).status, 126);
}

TEST(Execute, interpreter_not_found) {
  const libjail::testing::TempDir folder;
  folder.file("script", "#!/no/such/interpreter\n");
  ASSERT_EQ(::chmod((folder / "script").c_str(), 0755), 0);
  const auto failure = execute({.argv = {folder / "script"}});
  EXPECT_EQ(failure.status, 127);
  EXPECT_THAT(failure.error.text(), HasSubstr("interpreter"));
}

}  // namespace
}  // namespace session
