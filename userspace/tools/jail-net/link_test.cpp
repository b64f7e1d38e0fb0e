// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/link.hpp"

#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <map>

#include "testing/matchers.hpp"

namespace jail_net {
namespace {

using Attributes = std::map<int, const nlattr*>;

int collect(const nlattr* attribute, void* data) {
  (*static_cast<Attributes*>(data))[mnl_attr_get_type(attribute)] = attribute;
  return MNL_CB_OK;
}

Attributes attributes(const Message& message) {
  Attributes all;
  mnl_attr_parse(message.header(), sizeof(ifinfomsg), collect, &all);
  return all;
}
Attributes attributes(const Message&& message) = delete;  // they are in the message

Attributes nested(const nlattr* attribute) {
  Attributes all;
  mnl_attr_parse_nested(attribute, collect, &all);
  return all;
}

TEST(Link, vlan) {
  Message message = vlan_message("eth0.12", 3, 12);
  EXPECT_EQ(message.header()->nlmsg_type, RTM_NEWLINK);
  EXPECT_EQ(message.header()->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  EXPECT_EQ(message.body<ifinfomsg>().ifi_flags, static_cast<unsigned int>(IFF_UP));
  auto top = attributes(message);
  EXPECT_STREQ(mnl_attr_get_str(top.at(IFLA_IFNAME)), "eth0.12");
  EXPECT_EQ(mnl_attr_get_u32(top.at(IFLA_LINK)), 3U);
  auto info = nested(top.at(IFLA_LINKINFO));
  EXPECT_STREQ(mnl_attr_get_str(info.at(IFLA_INFO_KIND)), "vlan");
  auto data = nested(info.at(IFLA_INFO_DATA));
  EXPECT_EQ(mnl_attr_get_u16(data.at(IFLA_VLAN_ID)), 12);
}

TEST(Link, bridge) {
  const Message message = bridge_message("jail0");
  auto top = attributes(message);
  EXPECT_STREQ(mnl_attr_get_str(top.at(IFLA_IFNAME)), "jail0");
  EXPECT_STREQ(mnl_attr_get_str(nested(top.at(IFLA_LINKINFO)).at(IFLA_INFO_KIND)), "bridge");
}

TEST(Link, veth) {
  const Message message = veth_message("j-web", 5, "eth0", 9);
  auto top = attributes(message);
  EXPECT_STREQ(mnl_attr_get_str(top.at(IFLA_IFNAME)), "j-web");
  EXPECT_EQ(mnl_attr_get_u32(top.at(IFLA_MASTER)), 5U);
  auto info = nested(top.at(IFLA_LINKINFO));
  const nlattr* peer = nested(info.at(IFLA_INFO_DATA)).at(VETH_INFO_PEER);
  // The attributes come after a header of their own.
  Attributes other;
  const auto* payload = static_cast<const char*>(mnl_attr_get_payload(peer));
  mnl_attr_parse_payload(payload + sizeof(ifinfomsg),
                         mnl_attr_get_payload_len(peer) - sizeof(ifinfomsg), collect, &other);
  EXPECT_STREQ(mnl_attr_get_str(other.at(IFLA_IFNAME)), "eth0");
  EXPECT_EQ(mnl_attr_get_u32(other.at(IFLA_NET_NS_FD)), 9U);
}

TEST(Link, changes) {
  Message up = up_message(4);
  EXPECT_EQ(up.header()->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
  EXPECT_EQ(up.body<ifinfomsg>().ifi_index, 4);
  EXPECT_EQ(up.body<ifinfomsg>().ifi_change, static_cast<unsigned int>(IFF_UP));
  Message move = move_message(4, 9);
  EXPECT_EQ(move.body<ifinfomsg>().ifi_change, 0U);
  EXPECT_EQ(mnl_attr_get_u32(attributes(move).at(IFLA_NET_NS_FD)), 9U);
  EXPECT_EQ(deletion_message("j-web").header()->nlmsg_type, RTM_DELLINK);
}

TEST(Link, interfaces_that_are_not_there) {
  using libjail::testing::FailsWith;
  EXPECT_THAT(add_vlan("no-such-dev0", 12), FailsWith("no such interface: no-such-dev0"));
  EXPECT_THAT(add_veth("j-web", "no-such-dev0", "eth0", 0), FailsWith("no such interface"));
  EXPECT_THAT(move_link("no-such-dev0", 0), FailsWith("no such interface"));
  EXPECT_THAT(bring_up("no-such-dev0"), FailsWith("no such interface"));
}

}  // namespace
}  // namespace jail_net
