// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtrace/options.hpp"

#include <gmock/gmock.h>
#include <linux/jail.h>

namespace jailtrace {
namespace {

using ::testing::HasSubstr;

std::variant<Request, cli::Stop> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "jailtrace");
  return parse_arguments(std::move(words));
}

Request request(const std::vector<std::string>& words) {
  auto parsed = parse(words);
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) {
    ADD_FAILURE() << stop->err;
    return {};
  }
  return std::get<Request>(std::move(parsed));
}

std::string refusal(const std::vector<std::string>& words) {
  const auto parsed = parse(words);
  const auto* stop = std::get_if<cli::Stop>(&parsed);
  if (stop == nullptr) return "accepted";
  EXPECT_EQ(stop->status, kUsage);
  EXPECT_THAT(stop->err, HasSubstr("usage: jailtrace"));
  return stop->err;
}

TEST(Options, none_shows_all) { EXPECT_EQ(request({}), Request{}); }

TEST(Options, filters) {
  EXPECT_EQ(request({"-j", "web"}).filter, monitor::Filter{.name = "web"});
  EXPECT_EQ(request({"-j", "web", "-j7"}).filter, monitor::Filter{.jid = 7}) << "the last counts";
  EXPECT_EQ(request({"-e", "deny,bind"}).filter.events,
            1U << JAIL_EVENT_DENY | 1U << JAIL_EVENT_BIND);
  const auto reasons = request({"-r", "capability,tty"}).filter;
  EXPECT_EQ(reasons.reasons, 1U << JAIL_REASON_CAPABILITY | 1U << JAIL_REASON_TTY);
  EXPECT_EQ(reasons.events, 1U << JAIL_EVENT_DENY) << "nothing else has a reason";
  const auto process = request({"-p", "12"}).filter;
  EXPECT_EQ(process.pid, 12U);
  EXPECT_EQ(process.events & 1U << JAIL_EVENT_EXIT, 0U) << "it belongs to no process";
}

TEST(Options, output) {
  const auto all = request({"--json", "--unique", "-n", "5", "-t", "60"});
  EXPECT_TRUE(all.json && all.unique);
  EXPECT_EQ(all.count, 5U);
  EXPECT_EQ(all.seconds, 60U);
}

TEST(Options, refused) {
  EXPECT_THAT(refusal({"-j", "0"}), HasSubstr("the host is no jail"));
  EXPECT_THAT(refusal({"-j", "a/b"}), HasSubstr("-j a/b: "));
  EXPECT_THAT(refusal({"-j", std::string(64, 'a')}), HasSubstr("-j aaa"));
  EXPECT_THAT(refusal({"-p", "0"}), HasSubstr("give a number from 1 to 4194304"));
  EXPECT_THAT(refusal({"-n", "many"}), HasSubstr("-n many: give a number"));
  EXPECT_THAT(refusal({"-t", "-1"}), HasSubstr("-t -1: give a number"));
  EXPECT_THAT(refusal({"-e", "fork"}),
              HasSubstr("-e fork: give some of create,attach,exit,deny,bind,connect"));
  EXPECT_THAT(refusal({"-r", "x"}), HasSubstr("give some of capability,namespace"));
  EXPECT_THAT(refusal({"-r", "tty", "-e", "bind"}), HasSubstr("only deny has a reason"));
  EXPECT_THAT(refusal({"-p", "1", "-e", "exit"}), HasSubstr("exit belongs to no process"));
  EXPECT_THAT(refusal({"web"}), HasSubstr("unexpected operand \"web\""));
  EXPECT_THAT(refusal({"-j"}), HasSubstr("option -j needs a value"));
  EXPECT_THAT(refusal({"--bogus"}), HasSubstr("unknown option --bogus"));
}

TEST(Options, help_and_version) {
  const auto help = parse({"--help"});
  EXPECT_THAT(std::get<cli::Stop>(help).out, HasSubstr("See jailtrace(8).\n"));
  EXPECT_THAT(std::get<cli::Stop>(parse({"--version"})).out, HasSubstr("jailtrace " JAIL_VERSION));
}

}  // namespace
}  // namespace jailtrace
