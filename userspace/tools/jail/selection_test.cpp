// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jail/linux_kernel.hpp"
#include "testing/temp_dir.hpp"
#include "tools/jail/operands.hpp"

namespace jail_tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Names = std::vector<std::string>;

class Select : public ::testing::Test {
 protected:
  Names select(const Names& names, Selection::Sources sources = {}) {
    sources.directory = folder.path();
    Selection selection(kernel, std::move(sources));
    const auto jails = selection.find(names);
    errors.clear();
    Names found;
    if (!jails) {
      for (const auto& error : jails.error()) errors.push_back(error.text());
      return found;
    }
    for (const auto& jail : *jails) found.push_back(jail.config.name + (jail.named ? "!" : ""));
    return found;
  }

  libjail::LinuxKernel kernel;
  libjail::testing::TempDir folder;
  Names errors;
};

TEST_F(Select, names_wildcards_and_what_they_depend_on) {
  folder.file("jail.conf",
              "path = /x; web { depend = db; } db {} test.a { depend = web; } test.b {}");
  EXPECT_THAT(select({"*"}), ElementsAre("db", "web", "test.a", "test.b"));
  EXPECT_THAT(select({"web"}), ElementsAre("db", "web!"));
  EXPECT_THAT(select({"db", "web"}), ElementsAre("db!", "web!"));
  EXPECT_THAT(select({"test.*"}), ElementsAre("db", "web", "test.a", "test.b"));
  EXPECT_THAT(select({"test.b", "*"}), ElementsAre("test.b!", "db", "web", "test.a"));
}

TEST_F(Select, each_from_its_own_file) {
  folder.file("jail.conf", "db { path = /db; }");
  folder.file("jail.conf.d/web.conf", "web { path = /web; depend = app; }");
  folder.file("jail.app.conf", "app { path = /app; depend = db; }");
  EXPECT_THAT(select({"web"}), ElementsAre("db", "app", "web!"));
  EXPECT_THAT(select({"*"}), ElementsAre("db"));
  EXPECT_THAT(select({"web"}, {.file = folder / "jail.conf"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre("jail \"web\" is not in the configuration"));
}

TEST_F(Select, mistakes) {
  EXPECT_THAT(select({"web"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre(HasSubstr("no configuration of jail \"web\"")));
  folder.file("jail.conf", "path = /x; web { depend = nosuch; } bad { path = x; } app {}");
  EXPECT_THAT(select({"app"}), ElementsAre("app!")) << "the mistakes of others do not matter";
  EXPECT_THAT(select({"bad"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre(HasSubstr("jail.conf:1:")));
  EXPECT_THAT(select({"web"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre(HasSubstr("depends on \"nosuch\", which is not defined")));
  EXPECT_THAT(select({"x.*"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre("no jail of the configuration matches \"x.*\""));
  folder.file("jail.conf", "a { depend = b; } b { depend = a; } path = /x;");
  EXPECT_THAT(select({"a"}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre(HasSubstr("jails depend on each other")));
}

TEST_F(Select, jail_on_the_command_line) {
  const auto jail = read_operands({"name=web", "path=/x", "exec.strat=y"}, "");
  EXPECT_THAT(select({"web"}, {.block = jail->block}), IsEmpty());
  EXPECT_THAT(errors, ElementsAre(HasSubstr("command line:3:1: unknown parameter")));
}

TEST_F(Select, overrides) {
  folder.file("jail.conf", "web { path = /x; exec.jail_user = a; }");
  Selection selection(
      kernel, {.directory = folder.path(), .overrides = {statement("exec.jail_user", "b")}});
  EXPECT_EQ(selection.find({"web"})->front().config.commands.jail_user, "b");
  EXPECT_EQ(selection.config_of("web")->commands.jail_user, "b");
  EXPECT_FALSE(selection.config_of("nosuch"));
}

}  // namespace
}  // namespace jail_tool
