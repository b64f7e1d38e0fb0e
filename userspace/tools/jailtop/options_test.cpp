// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/options.hpp"

#include <gmock/gmock.h>

namespace jailtop {
namespace {

using ::testing::HasSubstr;

std::variant<Request, cli::Stop> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "jailtop");
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
  EXPECT_THAT(stop->err, HasSubstr("usage: jailtop"));
  return stop->err;
}

TEST(Options, none) { EXPECT_EQ(request({}), Request{}); }

TEST(Options, all) {
  EXPECT_EQ(request({"-b", "-n", "3", "-d", "0.5", "-s", "mem.max", "-r", "-f", "web"}),
            (Request{.batch = true,
                     .count = 3,
                     .delay_ms = 500,
                     .column = 6,
                     .reverse = true,
                     .filter = "web"}));
  EXPECT_EQ(request({"--json"}), (Request{.batch = true, .json = true}));
}

TEST(Options, refused) {
  for (const char* wrong : {"0", "0.05", "3601", "x", "", "1x", "nan"}) {
    EXPECT_THAT(refusal({"-d", wrong}), HasSubstr("give seconds from 0.1")) << wrong;
  }
  EXPECT_THAT(refusal({"-b", "-n", "0"}), HasSubstr("-n 0: give a number"));
  EXPECT_THAT(refusal({"-n", "2"}), HasSubstr("-n goes with -b"));
  EXPECT_THAT(refusal({"-s", "x"}), HasSubstr("give one of JID, NAME, IP, PIDS, CPU%, MEM, "
                                              "MEM.MAX, IO/s, DENY/s, EXEC/s, UPTIME, STATE"));
  EXPECT_THAT(refusal({"web"}), HasSubstr("unexpected operand \"web\""));
  EXPECT_THAT(refusal({"-z"}), HasSubstr("unknown option -z"));
}

TEST(Options, help_and_version) {
  EXPECT_THAT(std::get<cli::Stop>(parse({"--help"})).out, HasSubstr("See jailtop(8).\n"));
  EXPECT_THAT(std::get<cli::Stop>(parse({"--version"})).out, HasSubstr("jailtop " JAIL_VERSION));
}

}  // namespace
}  // namespace jailtop
