// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-addr/rtnl.hpp"

#include <gtest/gtest.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <array>
#include <map>

#include "testing/matchers.hpp"

namespace jail_addr {
namespace {

const libjail::Alias kAlias{.ip = 0x0a020304, .interface = "no-such-dev0", .prefix = 24};

int collect(const nlattr* attribute, void* data) {
  (*static_cast<std::map<int, std::uint32_t>*>(data))[mnl_attr_get_type(attribute)] =
      mnl_attr_get_u32(attribute);
  return MNL_CB_OK;
}

TEST(Rtnl, request) {
  alignas(nlmsghdr) std::array<std::byte, 256> buffer{};
  build_request(buffer, true, 7, kAlias);
  const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
  EXPECT_EQ(message->nlmsg_type, RTM_NEWADDR);
  EXPECT_EQ(message->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  const auto* body = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  EXPECT_EQ(body->ifa_family, AF_INET);
  EXPECT_EQ(body->ifa_prefixlen, 24);
  EXPECT_EQ(body->ifa_index, 7U);
  std::map<int, std::uint32_t> attributes;
  mnl_attr_parse(message, sizeof *body, collect, &attributes);
  EXPECT_EQ(attributes[IFA_LOCAL], htonl(0x0a020304));
  EXPECT_EQ(attributes[IFA_ADDRESS], htonl(0x0a020304));
}

TEST(Rtnl, deletion_creates_nothing) {
  alignas(nlmsghdr) std::array<std::byte, 256> buffer{};
  build_request(buffer, false, 7, kAlias);
  const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
  EXPECT_EQ(message->nlmsg_type, RTM_DELADDR);
  EXPECT_EQ(message->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
}

TEST(Rtnl, interface_that_is_not_there) {
  EXPECT_THAT(add_address(kAlias), libjail::testing::FailsWith("no such interface"));
  EXPECT_THAT(delete_address(kAlias), libjail::testing::IsOk());
}

}  // namespace
}  // namespace jail_addr
