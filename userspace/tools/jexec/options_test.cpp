// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jexec/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jexec_tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;
using Source = libjail::UserRequest::Source;

std::variant<Invocation, cli::Stop> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "jexec");
  return parse_arguments(std::move(arguments));
}

Invocation invocation(std::vector<std::string> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) ADD_FAILURE() << stop->err;
  return std::get<Invocation>(std::move(parsed));
}

std::string refusal(std::vector<std::string> arguments) {
  const auto parsed = parse(std::move(arguments));
  const auto* stop = std::get_if<cli::Stop>(&parsed);
  if (stop == nullptr) return "accepted";
  EXPECT_EQ(stop->status, 125);
  EXPECT_EQ(stop->out, "");
  EXPECT_EQ(stop->err.back(), '\n');
  return stop->err;
}

TEST(Options, operands) {
  const auto parsed = invocation({"web", "ls", "-l", "--help", "--", "-u"});
  EXPECT_EQ(parsed.jail, "web");
  EXPECT_THAT(parsed.command.argv, ElementsAre("ls", "-l", "--help", "--", "-u"));
  EXPECT_EQ(parsed.user.source, Source::kNone);
  EXPECT_FALSE(parsed.user.details);
  EXPECT_FALSE(parsed.command.login);
}

TEST(Options, shell_without_a_command) {
  const auto parsed = invocation({"7"});
  EXPECT_EQ(parsed.jail, "7");
  EXPECT_THAT(parsed.command.argv, IsEmpty());
  EXPECT_TRUE(parsed.user.details);
}

TEST(Options, each) {
  EXPECT_TRUE(invocation({"-l", "web", "true"}).command.login);
  EXPECT_TRUE(invocation({"-l", "web", "true"}).user.details);
  EXPECT_EQ(invocation({"-d", "/var", "web"}).command.directory, "/var");
  EXPECT_THAT(invocation({"-eA=1", "-e", "B=x=y", "web"}).command.environment,
              ElementsAre(Pair("A", "1"), Pair("B", "x=y")));
  EXPECT_EQ(invocation({"-u", "bob", "web"}).user.source, Source::kHost);
  EXPECT_EQ(invocation({"-U", "bob", "web"}).user.source, Source::kJail);
  EXPECT_EQ(invocation({"-U", "bob", "web"}).user.name, "bob");
}

TEST(Options, wrong_ones) {
  EXPECT_THAT(refusal({}), StartsWith("jexec: the operand jail is missing\nusage: jexec [-l]"));
  EXPECT_THAT(refusal({"-x", "web"}), HasSubstr("unknown option -x"));
  EXPECT_THAT(refusal({"--bogus", "web"}), HasSubstr("unknown option --bogus"));
  EXPECT_THAT(refusal({"-u"}), HasSubstr("option -u needs a value"));
  EXPECT_THAT(refusal({"-u", "a", "-U", "b", "web"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refusal({"-e", "A", "web"}), HasSubstr("-e A: give name=value"));
  EXPECT_THAT(refusal({"-e", "=1", "web"}), HasSubstr("give name=value"));
  EXPECT_THAT(refusal({"-d", "", "web"}), HasSubstr("directory is empty"));
  EXPECT_THAT(refusal({"-h"}), StartsWith("usage: jexec"));
}

TEST(Options, help_and_version) {
  const auto help = std::get<cli::Stop>(parse({"--help"}));
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("See jexec(8)"));
  EXPECT_THAT(std::get<cli::Stop>(parse({"--version"})).out, StartsWith("jexec "));
}

}  // namespace
}  // namespace jexec_tool
