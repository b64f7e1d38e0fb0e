// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/command_line.hpp"

#include <gmock/gmock.h>

#include <array>

namespace jailctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two subcommands that write down what they take.
class CommandLine : public ::testing::Test {
 protected:
  std::variant<const Subcommand*, cli::Stop> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "jailctl");
    return parse_command_line(words, all);
  }

  cli::Stop stop(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words));
    const auto* stopped = std::get_if<cli::Stop>(&parsed);
    return stopped != nullptr ? *stopped : cli::Stop{.out = "taken", .err = "taken", .status = -1};
  }

  std::function<void(const std::string&)> note(const std::string& what) {
    return [this, what](const std::string& value) { taken.push_back(what + "=" + value); };
  }

  std::vector<std::string> taken;
  std::vector<Subcommand> all{
      {.name = "create",
       .summary = "Make",
       .operands = {{.name = "NAME", .help = "Of it", .take = note("NAME")}},
       .options = {{.names = "--from",
                    .help = "What",
                    .value = "SOURCE",
                    .take = note("from"),
                    .required = true},
                   {.names = "--thin", .help = "Thin", .take = note("thin"), .excludes = "--copy"},
                   {.names = "--copy", .help = "Copy", .take = note("copy")}},
       .run = [](const Context&) { return 0; }},
      {.name = "mount",
       .summary = "Mount",
       .operands = {{.name = "NAME",
                     .help = "Of them",
                     .take = note("NAME"),
                     .required = false,
                     .several = true}},
       .options = {{.names = "-a,--all", .help = "All", .take = note("all")}},
       .run = [](const Context&) { return 0; }}};
};

TEST_F(CommandLine, options_and_operands_in_any_order) {
  const auto parsed = parse({"create", "--thin", "web", "--from", "busybox"});
  ASSERT_TRUE(std::holds_alternative<const Subcommand*>(parsed));
  EXPECT_EQ(std::get<const Subcommand*>(parsed)->name, "create");
  EXPECT_THAT(taken, ::testing::UnorderedElementsAre("thin=", "NAME=web", "from=busybox"));
}

TEST_F(CommandLine, several_operands) {
  ASSERT_TRUE(std::holds_alternative<const Subcommand*>(parse({"mount", "a", "b"})));
  EXPECT_THAT(taken, ElementsAre("NAME=a", "NAME=b"));
}

TEST_F(CommandLine, short_option_and_no_operand) {
  ASSERT_TRUE(std::holds_alternative<const Subcommand*>(parse({"mount", "-a"})));
  EXPECT_THAT(taken, ElementsAre("all="));
}

TEST_F(CommandLine, wrong_ones_end_with_status_2) {
  const auto wrong = std::to_array<std::pair<std::vector<std::string>, const char*>>(
      {{{}, "subcommand"},
       {{"creat"}, "did you mean \"create\"?"},
       {{"frobnicate"}, "unknown subcommand \"frobnicate\""},
       {{"create", "--from", "x"}, "NAME"},
       {{"create", "web"}, "--from"},
       {{"create", "web", "--from"}, "--from"},
       {{"create", "web", "two", "--from", "x"}, "NAME"},
       {{"create", "web", "--from", "x", "--bogus"}, "--bogus"},
       {{"create", "web", "--from", "x", "--thin", "--copy"}, "--copy"},
       {{"--bogus", "create", "web", "--from", "x"}, "--bogus"}});
  for (const auto& [words, text] : wrong) {
    const auto stopped = stop(words);
    EXPECT_EQ(stopped.status, kUsage) << text;
    EXPECT_THAT(stopped.err, HasSubstr(text));
    EXPECT_THAT(stopped.err, HasSubstr("jailctl: "));
    EXPECT_EQ(stopped.out, "");
  }
}

TEST_F(CommandLine, help_and_version_are_no_errors) {
  EXPECT_THAT(stop({"--help"}).out, HasSubstr("create"));
  EXPECT_THAT(stop({"create", "--help"}).out, HasSubstr("--from SOURCE"));
  EXPECT_THAT(stop({"--version"}).out, HasSubstr("jailctl " JAIL_VERSION));
  EXPECT_EQ(stop({"--help"}).status, kOk);
  EXPECT_EQ(stop({"create", "-h"}).status, kOk);
}

TEST_F(CommandLine, every_subcommand_can_be_added) {
  const auto real = subcommands();
  const auto parsed =
      parse_command_line({"jailctl", "create", "web", "--from", "busybox", "--copy", "-n"}, real);
  EXPECT_TRUE(std::holds_alternative<const Subcommand*>(parsed));
}

TEST(Nearest, needs_to_be_near) {
  EXPECT_EQ(nearest("destory", {"create", "destroy"}), "destroy");
  EXPECT_EQ(nearest("xyz", {"create", "destroy"}), "");
  EXPECT_EQ(nearest("", {"create"}), "");
}

}  // namespace
}  // namespace jailctl
