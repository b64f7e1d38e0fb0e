// SPDX-License-Identifier: BSD-2-Clause
#include "network/plan.hpp"

#include <gtest/gtest.h>
#include <net/if.h>

#include <set>

#include "testing/matchers.hpp"

namespace libjail::network {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;

conf::JailConfig jail(const std::string& address) {
  conf::JailConfig config{.name = "web"};
  if (const auto parsed = parse_address(address); parsed) config.address = *parsed;
  return config;
}

Alias alias(const std::string& text) { return *(*parse_address(text))->alias; }

TEST(Plan, kinds) {
  EXPECT_EQ(plan_network(jail("none"))->kind, Kind::kNone);
  EXPECT_EQ(plan_network(jail("10.9.0.2"))->kind, Kind::kNone);
  EXPECT_EQ(plan_network(jail("eth0|10.9.0.2/24"))->kind, Kind::kAlias);
  auto config = jail("eth0|10.9.0.2/24");
  config.vnet = true;
  EXPECT_EQ(plan_network(config)->kind, Kind::kVeth);
  EXPECT_EQ(plan_network(config)->interface, "j-web");
  config.vnet_interfaces = {"eth0"};
  EXPECT_EQ(plan_network(config)->kind, Kind::kMoved);
  EXPECT_THAT(plan_network(config)->moved, ElementsAre("eth0"));
  config = jail("none");
  config.vnet = true;
  EXPECT_EQ(plan_network(config)->kind, Kind::kMoved);
}

TEST(Plan, vlan) {
  auto config = jail("eth0.12|10.9.0.2/24");
  config.vlan = conf::Vlan{.interface = "eth0", .id = 12};
  const auto plan = plan_network(config);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->kind, Kind::kVlan);
  EXPECT_EQ(plan->interface, "eth0.12");
  for (const char* address : {"none", "10.9.0.2", "eth0|10.9.0.2/24"}) {
    auto wrong = jail(address);
    wrong.vlan = config.vlan;
    EXPECT_THAT(plan_network(wrong), FailsWith("ip4.addr = \"eth0.12|ADDRESS/PREFIX\"")) << address;
  }
  config.vnet = true;
  EXPECT_THAT(plan_network(config), FailsWith("exclude each other"));
}

TEST(Plan, stack_of_its_own_needs_an_interface_for_the_address) {
  auto config = jail("10.9.0.2");
  config.vnet = true;
  EXPECT_THAT(plan_network(config), FailsWith("ip4.addr = \"eth0|10.9.0.2/24\""));
  config = jail("eth0|10.9.0.2/24");
  config.vnet = true;
  config.vnet_interfaces = {"eth1"};
  EXPECT_THAT(plan_network(config), FailsWith("eth0 has an address in ip4.addr but is not in"));
}

TEST(Plan, names_of_interfaces) {
  EXPECT_EQ(host_end_name("web"), "j-web");
  EXPECT_EQ(host_end_name("twelve-chars"), "j-twelve-chars");
  EXPECT_EQ(host_end_name("thirteen-char").substr(0, 9), "j-thirte-");
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    const auto name = host_end_name("a-rather-long-name-" + std::to_string(i));
    EXPECT_LT(name.size(), IFNAMSIZ);
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 1000U);
  EXPECT_LT(host_end_name(std::string(63, 'x')).size(), IFNAMSIZ);
}

TEST(Plan, gateway) {
  EXPECT_EQ(*gateway_of(alias("eth0|10.9.0.2/24"), "jail0"), alias("jail0|10.9.0.1/24"));
  EXPECT_EQ(*gateway_of(alias("eth0|10.9.0.200/25"), "jail0"), alias("jail0|10.9.0.129/25"));
  EXPECT_EQ(*gateway_of(alias("eth0|10.9.0.2/31"), "jail0"), alias("jail0|10.9.0.3/31"));
  EXPECT_EQ(*gateway_of(alias("eth0|10.9.0.3/31"), "jail0"), alias("jail0|10.9.0.2/31"));
  EXPECT_THAT(gateway_of(alias("eth0|10.9.0.2/32"), "jail0"), FailsWith("no address for the bri"));
  EXPECT_THAT(gateway_of(alias("eth0|10.9.0.1/24"), "jail0"), FailsWith("that the bridge gets"));
  EXPECT_THAT(gateway_of(alias("eth0|10.9.0.0/24"), "jail0"), FailsWith("means the network"));
  EXPECT_THAT(gateway_of(alias("eth0|10.9.0.255/24"), "jail0"), FailsWith("means the network"));
}

TEST(Plan, networks) {
  EXPECT_TRUE(in_same_network(alias("eth0|10.9.0.2/24"), 0x0a0900fe));
  EXPECT_FALSE(in_same_network(alias("eth0|10.9.0.2/24"), 0x0a0901fe));
  EXPECT_FALSE(in_same_network(alias("eth0|10.9.0.2/32"), 0x0a090003));
  EXPECT_TRUE(in_same_network(alias("eth0|10.9.0.2/0"), 0xc0000201));
}

}  // namespace
}  // namespace libjail::network
