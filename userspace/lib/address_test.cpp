// SPDX-License-Identifier: BSD-2-Clause
#include "jail/address.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::FailsWith;
using testing::HasValue;
using testing::IsError;

constexpr std::uint32_t kIp = 0x0a020304;

std::optional<Address> plain(std::uint32_t ip) { return Address{.ip = ip, .alias = {}}; }

std::optional<Address> on(const char* interface, int prefix) {
  return Address{.ip = kIp, .alias = Alias{.ip = kIp, .interface = interface, .prefix = prefix}};
}

TEST(Address, none) { EXPECT_THAT(parse_address("none"), HasValue(std::nullopt)); }

TEST(Address, plain) {
  EXPECT_THAT(parse_address("10.2.3.4"), HasValue(plain(kIp)));
  EXPECT_THAT(parse_address("127.0.0.2"), HasValue(plain(0x7f000002)));
}

TEST(Address, with_interface) {
  EXPECT_THAT(parse_address("eth0|10.2.3.4/24"), HasValue(on("eth0", 24)));
  EXPECT_THAT(parse_address("eth0.12|10.2.3.4"), HasValue(on("eth0.12", 32)));
  EXPECT_THAT(parse_address("d|10.2.3.4/0"), HasValue(on("d", 0)));
}

TEST(Address, refused) {
  for (const char* text : {"",
                           "10.2.3",
                           "10.2.3.4.5",
                           "10.2.3.256",
                           " 10.2.3.4",
                           "localhost",
                           "0x0a020304",
                           "10.2.3.4/24",
                           "eth0|",
                           "|10.2.3.4",
                           "eth0|10.2.3.4/",
                           "eth0|10.2.3.4/33",
                           "eth0|10.2.3.4/-1",
                           "eth0|10.2.3.4/255.255.255.0",
                           "eth0|none",
                           "eth0|eth1|10.2.3.4",
                           "a/b|10.2.3.4",
                           "..|10.2.3.4",
                           "eth0:1|10.2.3.4",
                           "a b|10.2.3.4",
                           "interface0123456|10.2.3.4",
                           "none,10.2.3.4",
                           "10.2.3.4,"}) {
    EXPECT_THAT(parse_address(text), IsError(EINVAL)) << text;
  }
}

TEST(Address, must_belong_to_a_host) {
  for (const char* text : {"0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "240.0.0.1"}) {
    EXPECT_THAT(parse_address(text), FailsWith("single host")) << text;
  }
}

TEST(Address, is_not_the_loopback_of_the_host) {
  EXPECT_THAT(parse_address("127.0.0.1"), FailsWith("services to itself"));
  EXPECT_THAT(parse_address("lo|127.0.0.1/8"), IsError(EINVAL));
}

TEST(Address, several_are_understood_and_refused) {
  EXPECT_THAT(parse_address("10.2.3.4,10.2.3.5"), FailsWith("one address"));
  EXPECT_THAT(parse_address("10.2.3.4,eth0|10.2.3.5/24"), FailsWith("one address"));
  EXPECT_THAT(parse_address("10.2.3.4,10.2.3.5,10.2.3.6"), FailsWith("one address"));
  EXPECT_THAT(parse_address("10.2.3.4,bad"), FailsWith("no IPv4"));
}

TEST(Address, ipv6_is_refused_by_name) {
  for (const char* text : {"::1", "2001:db8::1", "eth0|2001:db8::1/64", "10.2.3.4,::1"}) {
    EXPECT_THAT(parse_address(text), FailsWith("IPv6 addresses are not supported yet")) << text;
    EXPECT_THAT(parse_address(text), IsError(EAFNOSUPPORT));
  }
}

TEST(Address, text) {
  EXPECT_EQ(format_ip(kIp), "10.2.3.4");
  EXPECT_EQ(format_ip(0xffffff00), "255.255.255.0");
  EXPECT_EQ(ip_command("add", Alias{.ip = kIp, .interface = "eth0", .prefix = 24}),
            "ip address add 10.2.3.4/24 dev eth0");
}

}  // namespace
}  // namespace libjail
