// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jls_tool {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Layout = Request::Layout;
using Style = Request::Style;

std::variant<Request, cli::Stop> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "jls");
  return parse_arguments(std::move(arguments));
}

Request request(std::vector<std::string> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) ADD_FAILURE() << stop->err;
  return std::get<Request>(std::move(parsed));
}

std::string refusal(std::vector<std::string> arguments) {
  const auto parsed = parse(std::move(arguments));
  const auto* stop = std::get_if<cli::Stop>(&parsed);
  if (stop == nullptr) return "accepted";
  EXPECT_EQ(stop->status, 1);
  EXPECT_EQ(stop->out, "");
  return stop->err;
}

TEST(Request, defaults) {
  const auto parsed = request({});
  EXPECT_EQ(parsed.layout, Layout::kTable);
  EXPECT_EQ(parsed.style, Style::kText);
  EXPECT_FALSE(parsed.jail);
  EXPECT_FALSE(parsed.dying);
}

TEST(Request, parameters) {
  const auto parsed = request({"name", "path", "name"});
  ASSERT_EQ(parsed.parameters.size(), 2U) << "each once";
  EXPECT_EQ(parsed.parameters[0]->name, "name");
  EXPECT_EQ(parsed.layout, Layout::kParameters);
  EXPECT_FALSE(parsed.all);
}

TEST(Request, all_parameters) {
  for (const char* option : {"-h", "-n", "-s", "all"}) {
    const auto parsed = request({option});
    EXPECT_EQ(parsed.parameters.size(), all_parameters().size()) << option;
    EXPECT_TRUE(parsed.all);
  }
}

TEST(Request, later_options_take_back_what_earlier_ones_said) {
  EXPECT_EQ(request({"-v"}).layout, Layout::kVerbose);
  EXPECT_EQ(request({"-v", "-n"}).layout, Layout::kParameters);
  EXPECT_EQ(request({"-n", "-v"}).layout, Layout::kVerbose);
  EXPECT_EQ(request({"-v", "jid"}).layout, Layout::kParameters);
  EXPECT_FALSE(request({"-h", "-s"}).header);
  EXPECT_FALSE(request({"-s", "-h"}).settable);
  EXPECT_TRUE(request({"-s"}).quoted);
  EXPECT_TRUE(request({"-s"}).name_value);
}

TEST(Request, styles) {
  EXPECT_EQ(request({"--json"}).style, Style::kJson);
  EXPECT_EQ(request({"--libxo=json"}).style, Style::kJson);
  EXPECT_EQ(request({"--libxo", "json"}).style, Style::kJson);
  EXPECT_EQ(request({"--libxo=json,pretty"}).style, Style::kPrettyJson);
  EXPECT_EQ(request({"--libxo=pretty,json"}).style, Style::kPrettyJson);
  EXPECT_EQ(request({"--libxo=text"}).style, Style::kText);
  EXPECT_THAT(refusal({"--libxo=xml"}), HasSubstr("--libxo=xml: give json"));
}

TEST(Request, jail) {
  EXPECT_EQ(request({"-j", "web"}).jail, "web");
  EXPECT_EQ(request({"-jweb", "name"}).jail, "web");
  EXPECT_TRUE(request({"-c", "-j", "web"}).exists);
  EXPECT_THAT(refusal({"-c"}), HasSubstr("-c needs -j jail"));
  EXPECT_TRUE(request({"-d"}).dying);
}

TEST(Request, wrong_ones) {
  EXPECT_THAT(refusal({"vnet"}), StartsWith("jls: unknown parameter: vnet (there are: all dying"));
  EXPECT_THAT(refusal({"-x"}), StartsWith("jls: unknown option -x\nusage: jls [-dhNnqsv]"));
  EXPECT_THAT(refusal({"--bogus"}), HasSubstr("unknown option --bogus"));
  EXPECT_THAT(refusal({"-j"}), HasSubstr("option -j needs a value"));
  EXPECT_THAT(refusal({"--libxo"}), HasSubstr("option --libxo needs a value"));
}

TEST(Request, help_and_version) {
  EXPECT_THAT(std::get<cli::Stop>(parse({"--help"})).out, HasSubstr("See jls(8)"));
  EXPECT_THAT(std::get<cli::Stop>(parse({"--version"})).out, StartsWith("jls "));
}

}  // namespace
}  // namespace jls_tool
