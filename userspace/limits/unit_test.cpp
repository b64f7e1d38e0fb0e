// SPDX-License-Identifier: BSD-2-Clause
// systemd-run(1) is played by a script; the guest with systemd has the real one.
#include "limits/unit.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "limits/control_group.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::limits {
namespace {

namespace fs = std::filesystem;
using testing::FailsWith;
using testing::IsOk;
using testing::read_text;

// Plays the kernel, too, which makes the files of a group.
constexpr const char* kScript = R"(
echo "$*" >arguments
cd jail.slice
mkdir -p "$scope/keeper"
cd "$scope"
echo $$ >cgroup.procs
: >keeper/cgroup.procs
echo 'cpu memory' >cgroup.controllers
echo cpu >cgroup.subtree_control
for command; do :; done
exec "$command"
)";

class Units : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.folder("init.scope");
    folder.folder("jail.slice");
    folder.file("own", "0::/user.slice/session-1.scope\n");
    play(kScript);
  }

  /// @param script  in the root of the groups, with the name of the scope in $scope
  void play(const std::string& script) const {
    folder.file("systemd-run",
                "#!/bin/sh\nset -e\ncd " + folder.path() + "\nscope=jail-web.scope\n" + script);
    ::chmod(systemd.run.c_str(), 0755);
  }
  auto take() { return Unit::take("web", folder.path(), systemd); }

  testing::TempDir folder;
  Systemd systemd{.run = folder / "systemd-run", .own_group = folder / "own"};
  std::string scope = folder / "jail.slice/jail-web.scope";
};

TEST_F(Units, systemd_is_known_by_its_own_group) {
  EXPECT_TRUE(has_systemd(folder.path()));
  fs::remove(folder / "init.scope");
  EXPECT_FALSE(has_systemd(folder.path()));
}

TEST_F(Units, scope_lives_as_long_as_it_is_held) {
  pid_t holder = 0;
  {
    auto unit = take();
    ASSERT_THAT(unit, IsOk());
    EXPECT_EQ(unit->path(), scope);
    const auto arguments = read_text(folder / "arguments");
    EXPECT_NE(arguments.find("--scope"), std::string::npos);
    EXPECT_NE(arguments.find("--slice=jail.slice"), std::string::npos);
    EXPECT_NE(arguments.find("--unit=jail-web.scope"), std::string::npos);
    EXPECT_NE(arguments.find("Delegate=yes"), std::string::npos);
    holder = std::stoi(read_text(scope + "/keeper/cgroup.procs"));
    EXPECT_EQ(::kill(holder, 0), 0);
  }
  EXPECT_EQ(::kill(holder, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

/// By then the number of the first process may be that of another one.
TEST_F(Units, keeper_ends_no_process_of_the_one_that_took_the_unit) {
  auto unit = take();
  ASSERT_THAT(unit, IsOk());
  const pid_t holder = std::stoi(read_text(scope + "/keeper/cgroup.procs"));
  const pid_t keeper = ::fork();
  if (keeper == 0) {
    const bool kept = unit->keep().has_value();
    { const Unit released = *std::move(unit); }
    ::_exit(kept ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(keeper, &status, 0), keeper);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read_text(scope + "/keeper/cgroup.procs").front(), '0');
  EXPECT_EQ(::kill(holder, 0), 0);
}

TEST_F(Units, moved_one_holds_on) {
  auto first = take();
  ASSERT_THAT(first, IsOk());
  const pid_t holder = std::stoi(read_text(scope + "/keeper/cgroup.procs"));
  const Unit second = *std::move(first);
  EXPECT_EQ(second.path(), scope);
  EXPECT_EQ(::kill(holder, 0), 0);
}

TEST_F(Units, refusal_of_systemd_is_told) {
  play("echo 'Failed to connect to bus' >&2\nexit 1\n");
  EXPECT_THAT(take(), FailsWith("unit jail-web.scope: Failed to connect to bus"));
  fs::remove(systemd.run);
  EXPECT_THAT(take(), FailsWith("systemd-run: No such file or directory"));
}

TEST_F(Units, one_of_that_name_that_is_about_to_end_is_waited_for) {
  play("if mkdir before 2>/dev/null; then echo 'Unit was already loaded'; exit 1; fi" +
       std::string(kScript));
  EXPECT_THAT(take(), IsOk());
  EXPECT_TRUE(fs::exists(folder / "before"));
}

TEST_F(Units, service_of_the_jail_needs_no_scope) {
  const std::string service = "jail.slice/jail@web.service";
  folder.file(service + "/cgroup.procs", "17\n18\n");
  folder.file(service + "/keeper/cgroup.procs", "");
  folder.file("own", "0::/" + service + "\n");
  const auto unit = take();
  ASSERT_THAT(unit, IsOk());
  EXPECT_EQ(unit->path(), folder / service);
  EXPECT_EQ(read_text(folder / (service + "/keeper/cgroup.procs")), "18");
  EXPECT_FALSE(fs::exists(folder / "arguments"));
  // Also from below it, but not from that of another jail.
  folder.file("own", "0::/" + service + "/.control\n");
  EXPECT_EQ(take()->path(), folder / service);
  folder.file("own", "0::/jail.slice/jail@web2.service\n");
  EXPECT_EQ(take()->path(), scope);
}

TEST_F(Units, group_of_a_jail_is_in_its_unit) {
  auto group = ControlGroup::make("web", {}, folder.path(), systemd);
  ASSERT_THAT(group, IsOk());
  EXPECT_EQ(group->path(), scope + "/jail");
  EXPECT_EQ(read_text(scope + "/cgroup.subtree_control"), "+memory");
  EXPECT_FALSE(fs::exists(folder / "jail"));
  const auto found = ControlGroup::open("web", folder.path());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->path(), group->path());
  EXPECT_THAT(group->keep(), IsOk());
  EXPECT_THAT(group->remove(), IsOk());
  EXPECT_THAT(ControlGroup::open("web", folder.path()), FailsWith("No such file"));
}

}  // namespace
}  // namespace libjail::limits
