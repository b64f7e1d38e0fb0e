// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/parameter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

namespace jls_tool {
namespace {

Jail web() {
  return {.listed = {.jid = 4,
                     .parent = 0,
                     .processes = 3,
                     .ceiling = 0x21,
                     .address = "10.2.3.4",
                     .name = "web",
                     .hostname = "www",
                     .path = "/srv/web"}};
}

std::string text(const char* name, const Jail& jail) {
  const auto value = find_parameter(name)->value(jail);
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? "no string" : *string;
}

TEST(Parameter, from_the_list) {
  EXPECT_EQ(text("jid", web()), "4");
  EXPECT_EQ(text("parent", web()), "0");
  EXPECT_EQ(text("processes", web()), "3");
  EXPECT_EQ(text("name", web()), "web");
  EXPECT_EQ(text("host.hostname", web()), "www");
  EXPECT_EQ(text("path", web()), "/srv/web");
  EXPECT_EQ(text("ip4", web()), "new");
  EXPECT_EQ(text("cap.ceiling", web()), "chown,kill");
  EXPECT_EQ(find_parameter("ip4.addr")->value(web()), Value(std::vector<std::string>{"10.2.3.4"}));
  EXPECT_EQ(find_parameter("dying")->value(web()), Value(false));
}

TEST(Parameter, jail_without_address) {
  auto jail = web();
  jail.listed.address.clear();
  EXPECT_EQ(text("ip4", jail), "disable");
  EXPECT_TRUE(is_unused(*find_parameter("ip4.addr"), jail));
  EXPECT_FALSE(is_unused(*find_parameter("ip4.addr"), web()));
}

TEST(Parameter, number_is_not_a_name_that_can_be_given) {
  auto jail = web();
  EXPECT_FALSE(is_unused(*find_parameter("name"), jail));
  jail.listed.name = "4";
  EXPECT_TRUE(is_unused(*find_parameter("name"), jail));
}

TEST(Parameter, from_the_information) {
  auto jail = web();
  EXPECT_EQ(find_parameter("allow.unsafe")->value(jail), Value());
  EXPECT_EQ(find_parameter("start_time")->value(jail), Value());
  jail.info = jail_info{};
  EXPECT_EQ(find_parameter("allow.unsafe")->value(jail), Value(false));
  jail.info->flags = JAIL_UNSAFE_CAPS;
  EXPECT_EQ(find_parameter("allow.unsafe")->value(jail), Value(true));
  EXPECT_EQ(find_parameter("persist")->value(jail), Value());
  jail.persist = true;
  EXPECT_EQ(find_parameter("persist")->value(jail), Value(true));
}

TEST(Parameter, start_time_is_a_moment_of_the_clock) {
  timespec boot{};
  ASSERT_EQ(::clock_gettime(CLOCK_BOOTTIME, &boot), 0);
  auto jail = web();
  jail.info = jail_info{};
  jail.info->start_time = static_cast<std::uint64_t>(boot.tv_sec) * 1'000'000'000;
  const std::string started = text("start_time", jail);
  std::tm parts{};
  ASSERT_NE(::strptime(started.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts), nullptr) << started;
  EXPECT_LE(std::abs(::timegm(&parts) - std::time(nullptr)), 2);
}

TEST(Parameter, order_is_that_of_sysctl) {
  std::vector<std::pair<bool, std::string_view>> keys;
  for (const auto& parameter : all_parameters()) {
    keys.emplace_back(parameter.name.find('.') != std::string_view::npos, parameter.name);
  }
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  EXPECT_EQ(find_parameter("vnet"), nullptr);
}

}  // namespace
}  // namespace jls_tool
