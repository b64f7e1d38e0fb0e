// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/resolve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "jail/conf/syntax.hpp"

namespace libjail::conf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Checked<std::vector<JailSettings>> resolved(std::string_view text) {
  const auto document = parse(text, "f");
  if (!document) return std::unexpected(std::vector{document.error()});
  return resolve(*document);
}

/// Each jail as `jail -e` prints it, or each mistake.
std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  const auto jails = resolved(text);
  if (jails) {
    for (const auto& jail : *jails) result.push_back(format_settings(jail, " "));
  } else {
    for (const auto& error : jails.error()) result.push_back(error.text());
  }
  return result;
}

std::string line(std::string_view text) {
  const auto all = lines(text);
  return all.size() == 1 ? all[0] : std::to_string(all.size()) + " lines";
}

TEST(Resolve, jails_in_the_order_of_the_file) {
  EXPECT_THAT(lines(""), ElementsAre());
  EXPECT_THAT(lines("path = /x; * { persist; }"), ElementsAre());
  EXPECT_THAT(lines("web {} mail {persist;}"), ElementsAre("name=web", "name=mail persist"));
}

TEST(Resolve, file_that_nobody_included) {
  EXPECT_EQ(line(".include x; web {}"), "f:1:1: the file is not included (load() does it)");
}

TEST(Resolve, parameters_outside_of_jails_are_for_all) {
  EXPECT_THAT(lines("exec.clean; web { persist; } mail {}"),
              ElementsAre("name=web exec.clean persist", "name=mail exec.clean"));
}

TEST(Resolve, later_ones_override) {
  EXPECT_EQ(line("path = /a; web { path = /b; }"), "name=web path=\"/b\"");
  EXPECT_EQ(line("web { path = /b; } path = /a;"), "name=web path=\"/a\"");
  EXPECT_EQ(line("* { path = /a; } web { path = /b; path = /c; }"), "name=web path=\"/c\"");
  EXPECT_EQ(line("persist; web { nopersist; }"), "name=web nopersist");
  EXPECT_EQ(line("persist = false; web { persist; }"), "name=web persist");
  EXPECT_EQ(line("allow.mount; web { allow.nomount; }"), "name=web allow.nomount");
}

TEST(Resolve, lists) {
  EXPECT_EQ(line("web { depend = a, b; depend += c; }"), "name=web depend=a,b,c");
  EXPECT_EQ(line("depend = a; web { depend += b; } depend += c;"), "name=web depend=a,b,c");
  EXPECT_EQ(line("depend = a; web { depend = b; }"), "name=web depend=b");
  EXPECT_EQ(line("web { depend += b; }"), "name=web depend=b");
  EXPECT_EQ(line("web { exec.start = '', \"a b\"; }"), "name=web exec.start=\"\",\"a b\"");
}

TEST(Resolve, wildcards) {
  EXPECT_THAT(lines("a.* { persist; } a.b {} a.b.c {} a {} b.a {}"),
              ElementsAre("name=a.b persist", "name=a.b.c persist", "name=a", "name=b.a"));
  EXPECT_TRUE(matches_wildcard("web", "*"));
  EXPECT_TRUE(matches_wildcard("a.b.c", "*"));
  EXPECT_TRUE(matches_wildcard("a.b", "*.b"));
  EXPECT_TRUE(matches_wildcard("a.b.c", "a.*.c"));
  EXPECT_TRUE(matches_wildcard("a.b.c.d", "a.*.*"));
  EXPECT_FALSE(matches_wildcard("a", "a.*"));
  EXPECT_FALSE(matches_wildcard("ab", "a.*"));
  EXPECT_FALSE(matches_wildcard("a.b.c", "*.b"));
  EXPECT_FALSE(matches_wildcard("a.x.b.c", "a.*.c"));
}

TEST(Resolve, variables) {
  EXPECT_EQ(line("path = \"/srv/$name\"; web {}"), "name=web path=\"/srv/web\"");
  EXPECT_EQ(line("$d = /srv; web { path = $d/$name/x; }"), "name=web path=\"/srv/web/x\"");
  EXPECT_EQ(line("web { path = /a; exec.consolelog = \"${path}/log\"; }"),
            "name=web path=\"/a\" exec.consolelog=\"/a/log\"");
  EXPECT_EQ(line("web { path = \"/srv/${host.hostname}\"; host.hostname = www; }"),
            "name=web path=\"/srv/www\" host.hostname=www");
  // What counts is the value at the end, as each jail has it.
  EXPECT_THAT(lines("$a = 1; exec.start = $a; x { $a = 2; } y {}"),
              ElementsAre("name=x exec.start=2", "name=y exec.start=1"));
  EXPECT_EQ(line("$a = \"$b$b\"; $b = \"$c-\"; $c = x; w { exec.start = $a; }"),
            "name=w exec.start=x-x-");
}

TEST(Resolve, lists_in_variables) {
  EXPECT_EQ(line("$a = 1, 2; $a += 3; w { depend = x, $a, y; }"), "name=w depend=x,1,2,3,y");
  EXPECT_EQ(line("$a = 1, 2; w { depend = x$a; }"),
            "f:1:25: variable \"$a\" is a list and cannot be part of a string");
  EXPECT_EQ(line("$a = /1, /2; w { path = $a; }"), "f:1:25: \"path\" takes one value, not a list");
}

TEST(Resolve, unknown_variables) {
  EXPECT_EQ(line("web { path = \"/srv/$nam\"; }"),
            "f:1:14: variable \"$nam\" is not set in jail \"web\"");
  EXPECT_THAT(line("web { exec.start = $path; }"), HasSubstr("\"$path\" is not set"));
  EXPECT_THAT(line("web { persist; exec.start = $persist; }"),
              HasSubstr("\"$persist\" is not set"));
  // Each jail is told of.
  EXPECT_EQ(lines("path = $x; a {} b { $x = /b; } c {}").size(), 2U);
}

TEST(Resolve, loops_of_variables) {
  EXPECT_THAT(line("w { path = $path; }"), HasSubstr("loop of variables: $path needs $path"));
  EXPECT_THAT(line("$a = $b; $b = $c; $c = $b; w { path = $a; }"),
              HasSubstr("loop of variables: $b needs $c needs $b"));
  std::string chain = "$v0 = x;";
  for (int i = 1; i <= 100; ++i) {
    chain.insert(0, "$v" + std::to_string(i) + " = $v" + std::to_string(i - 1) + ";");
  }
  EXPECT_THAT(line(chain + "w { path = $v100; }"), HasSubstr("more than 64 variables"));
  EXPECT_EQ(line(chain + "w { path = $v50; }").substr(0, 3), "f:1");
}

TEST(Resolve, unknown_parameters) {
  EXPECT_EQ(line("web {\n\talow.mount;\n}"),
            "f:2:2: unknown parameter \"alow.mount\" (did you mean \"allow.mount\"?)");
  EXPECT_THAT(line("exec.strat = x;"), HasSubstr("did you mean \"exec.start\"?"));
  EXPECT_THAT(line("ipv4.addr = x;"), HasSubstr("did you mean \"ip4.addr\"?"));
  EXPECT_THAT(line("frobnicate = x;"), HasSubstr("jail.conf(5) lists them"));
  EXPECT_THAT(line("noexec.start;"), HasSubstr("unknown parameter"));
  EXPECT_THAT(line("exec.nostart;"), HasSubstr("unknown parameter"));
  EXPECT_THAT(line("no;"), HasSubstr("unknown parameter"));
  EXPECT_THAT(line(std::string(1000, 'x') + ";"), HasSubstr("unknown parameter"));
  // Also in a wildcard that no jail matches, and every one of them.
  EXPECT_EQ(lines("x.* { a; b; } c; w { d; }").size(), 4U);
}

TEST(Resolve, one_value) {
  EXPECT_EQ(line("path = /a, /b;"), "f:1:12: \"path\" takes one value, not a list");
  EXPECT_THAT(line("persist = true, false;"), HasSubstr("takes one value"));
  EXPECT_THAT(line("path += /b;"), HasSubstr("takes no list"));
}

TEST(Resolve, names_of_jails) {
  EXPECT_EQ(line("web {}\nmail {}\nweb {}"),
            "f:3:1: jail \"web\" is defined a second time (the first is at f:1:1)");
  EXPECT_THAT(line("7 {}"), HasSubstr("f:1:1: name \"7\" is a number"));
  EXPECT_THAT(line("'a b' {}"), HasSubstr("f:1:1: name \"a b\""));
  EXPECT_THAT(line("a* {}"), HasSubstr("f:1:1: name \"a*\""));
  EXPECT_THAT(line("'' {}"), HasSubstr("is empty"));
  EXPECT_THAT(line("web { name = mail; }"), HasSubstr("f:1:7: \"name\" cannot be set"));
}

TEST(Resolve, variables_are_no_parameters) {
  EXPECT_EQ(line("$path = /x;"),
            "f:1:1: variable \"$path\" cannot have the same name as a parameter");
  EXPECT_THAT(line("$name = x;"), HasSubstr("cannot have the same name"));
  EXPECT_THAT(line("$x;"), HasSubstr("has no value"));
}

TEST(Resolve, small_files_cannot_fill_the_memory) {
  std::string doubling = "$v0 = xxxxxxxxxxxxxxxx;";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "$v" + std::to_string(i - 1);
    doubling += "$v" + std::to_string(i) + " = \"" + before + before + "\";";
  }
  EXPECT_THAT(line(doubling + "w { exec.start = $v39; }"), HasSubstr("more than 64 MiB"));

  std::string lists = "$v0 = x, x;";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "$v" + std::to_string(i - 1);
    lists += "$v" + std::to_string(i) + " = " + before + ", " + before + ";";
  }
  EXPECT_THAT(line(lists + "w { exec.start = $v39; }"), HasSubstr("more than 64 MiB"));

  std::string many = "exec.start = '" + std::string(100000, 'x') + "';";
  for (int i = 0; i < 2000; ++i) many += "j" + std::to_string(i) + "{}";
  const auto errors = lines(many);
  ASSERT_FALSE(errors.empty());
  EXPECT_THAT(errors[0], HasSubstr("more than 64 MiB"));
}

TEST(Parameters, are_found) {
  for (const auto& parameter : parameters()) {
    const auto found = find_parameter(parameter.name);
    ASSERT_TRUE(found) << parameter.name;
    EXPECT_EQ(found->parameter, &parameter);
    EXPECT_FALSE(found->negated);
    EXPECT_EQ(nearest_parameter(std::string(parameter.name) + "x").empty(),
              parameter.name.size() <= 3)
        << parameter.name;
  }
  EXPECT_TRUE(find_parameter("allow.nomount")->negated);
  EXPECT_TRUE(find_parameter("allow.mount.nodevfs")->negated);
  EXPECT_TRUE(find_parameter("novnet")->negated);
  EXPECT_FALSE(find_parameter("nopath"));
  EXPECT_FALSE(find_parameter("allow.nonomount"));
  EXPECT_FALSE(find_parameter(""));
}

TEST(Parameters, say_why_they_are_refused) {
  for (const auto& parameter : parameters()) {
    EXPECT_EQ(parameter.reason.empty(), parameter.support == Parameter::Support::kYes)
        << parameter.name;
  }
}

}  // namespace
}  // namespace libjail::conf
