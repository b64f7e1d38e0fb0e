// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/address.hpp"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "jail/unique_fd.hpp"

namespace jail_net {
namespace {

using libjail::fail;
using libjail::Result;

/// Deleting the first address of a network deletes the others too, unless the interface is told to
/// promote one of them. It is, for the moment of the deletion.
class PromoteSecondaries {
 public:
  explicit PromoteSecondaries(const std::string& interface) {
    const std::string path = "/proc/sys/net/ipv4/conf/" + interface + "/promote_secondaries";
    file_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    char value = '1';
    if (file_ && ::pread(file_.get(), &value, 1, 0) == 1 && value == '0') {
      changed_ = ::pwrite(file_.get(), "1", 1, 0) == 1;
    }
  }
  PromoteSecondaries(const PromoteSecondaries&) = delete;
  PromoteSecondaries& operator=(const PromoteSecondaries&) = delete;
  ~PromoteSecondaries() {
    if (changed_) static_cast<void>(::pwrite(file_.get(), "0", 1, 0) == 1);
  }

 private:
  libjail::UniqueFd file_;
  bool changed_ = false;
};

}  // namespace

Message address_message(bool add, unsigned int index, const libjail::Alias& alias) {
  Message message(add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0,
                  sizeof(ifaddrmsg));
  auto& body = message.body<ifaddrmsg>();
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = static_cast<std::uint8_t>(alias.prefix);
  body.ifa_scope = RT_SCOPE_UNIVERSE;
  body.ifa_index = index;
  mnl_attr_put_u32(message.header(), IFA_LOCAL, htonl(alias.ip));
  mnl_attr_put_u32(message.header(), IFA_ADDRESS, htonl(alias.ip));
  return message;
}

Message default_route_message(unsigned int index, std::uint32_t gateway) {
  Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(rtmsg));
  auto& body = message.body<rtmsg>();
  body.rtm_family = AF_INET;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_scope = RT_SCOPE_UNIVERSE;
  body.rtm_type = RTN_UNICAST;
  mnl_attr_put_u32(message.header(), RTA_GATEWAY, htonl(gateway));
  mnl_attr_put_u32(message.header(), RTA_OIF, index);
  return message;
}

Result<void> add_address(const libjail::Alias& alias) {
  const std::string what = libjail::ip_command("add", alias);
  const auto index = index_of(alias.interface, what);
  if (!index) return std::unexpected(index.error());
  return request(address_message(true, *index, alias), what);
}

Result<void> delete_address(const libjail::Alias& alias) {
  const unsigned int index = ::if_nametoindex(alias.interface.c_str());
  if (index == 0) return {};
  const PromoteSecondaries promote(alias.interface);
  const auto answer = transact(address_message(false, index, alias));
  if (answer.code != 0 && answer.code != EADDRNOTAVAIL && answer.code != ENODEV) {
    return fail(answer.code, libjail::ip_command("del", alias), answer.sentence);
  }
  return {};
}

Result<void> add_default_route(const std::string& interface, std::uint32_t gateway) {
  const std::string what =
      "ip route add default via " + libjail::format_ip(gateway) + " dev " + interface;
  const auto index = index_of(interface, what);
  if (!index) return std::unexpected(index.error());
  return request(default_route_message(*index, gateway), what);
}

}  // namespace jail_net
