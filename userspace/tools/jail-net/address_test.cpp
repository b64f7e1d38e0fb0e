// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/address.hpp"

#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <map>

#include "testing/matchers.hpp"

namespace jail_net {
namespace {

const libjail::Alias kAlias{.ip = 0x0a020304, .interface = "no-such-dev0", .prefix = 24};

int collect(const nlattr* attribute, void* data) {
  (*static_cast<std::map<int, std::uint32_t>*>(data))[mnl_attr_get_type(attribute)] =
      mnl_attr_get_u32(attribute);
  return MNL_CB_OK;
}

std::map<int, std::uint32_t> attributes(const Message& message, std::size_t header) {
  std::map<int, std::uint32_t> all;
  mnl_attr_parse(message.header(), static_cast<unsigned int>(header), collect, &all);
  return all;
}

TEST(Address, addition) {
  Message message = address_message(true, 7, kAlias);
  EXPECT_EQ(message.header()->nlmsg_type, RTM_NEWADDR);
  EXPECT_EQ(message.header()->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  EXPECT_EQ(message.body<ifaddrmsg>().ifa_family, AF_INET);
  EXPECT_EQ(message.body<ifaddrmsg>().ifa_prefixlen, 24);
  EXPECT_EQ(message.body<ifaddrmsg>().ifa_index, 7U);
  auto values = attributes(message, sizeof(ifaddrmsg));
  EXPECT_EQ(values[IFA_LOCAL], htonl(0x0a020304));
  EXPECT_EQ(values[IFA_ADDRESS], htonl(0x0a020304));
}

TEST(Address, deletion_creates_nothing) {
  const Message message = address_message(false, 7, kAlias);
  EXPECT_EQ(message.header()->nlmsg_type, RTM_DELADDR);
  EXPECT_EQ(message.header()->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
}

TEST(Address, default_route) {
  Message message = default_route_message(7, 0x0a020301);
  EXPECT_EQ(message.header()->nlmsg_type, RTM_NEWROUTE);
  EXPECT_EQ(message.body<rtmsg>().rtm_dst_len, 0);
  EXPECT_EQ(message.body<rtmsg>().rtm_type, RTN_UNICAST);
  EXPECT_EQ(message.body<rtmsg>().rtm_table, RT_TABLE_MAIN);
  auto values = attributes(message, sizeof(rtmsg));
  EXPECT_EQ(values[RTA_GATEWAY], htonl(0x0a020301));
  EXPECT_EQ(values[RTA_OIF], 7U);
}

TEST(Address, interface_that_is_not_there) {
  using libjail::testing::FailsWith;
  EXPECT_THAT(add_address(kAlias), FailsWith("no such interface: no-such-dev0"));
  EXPECT_THAT(add_default_route("no-such-dev0", 1), FailsWith("no such interface"));
  EXPECT_THAT(delete_address(kAlias), libjail::testing::IsOk());
}

}  // namespace
}  // namespace jail_net
