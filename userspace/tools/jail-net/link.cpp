// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/link.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "tools/jail-net/address.hpp"

namespace jail_net {
namespace {

using libjail::fail;
using libjail::Result;

/// The kernel says only "Operation not supported" or "Unknown device type".
constexpr const char* kKinds = "the kernel needs CONFIG_VLAN_8021Q, CONFIG_BRIDGE and CONFIG_VETH";

Message new_link(const std::string& name) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(ifinfomsg));
  message.body<ifinfomsg>().ifi_flags = IFF_UP;
  message.body<ifinfomsg>().ifi_change = IFF_UP;
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  return message;
}

/// IFLA_LINKINFO with the kind and what put() puts into its data.
template <class Put>
void put_kind(nlmsghdr* message, const char* kind, const Put& put) {
  nlattr* info = mnl_attr_nest_start(message, IFLA_LINKINFO);
  mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
  nlattr* data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
  put();
  mnl_attr_nest_end(message, data);
  mnl_attr_nest_end(message, info);
}

Result<void> make(const Message& message, const std::string& what) {
  const auto answer = transact(message);
  if (answer.code == 0) return {};
  if (answer.code == EOPNOTSUPP) return fail(answer.code, what, kKinds);
  return fail(answer.code, what, answer.sentence);
}

}  // namespace

Message vlan_message(const std::string& name, unsigned int parent, int id) {
  Message message = new_link(name);
  nlmsghdr* header = message.header();
  mnl_attr_put_u32(header, IFLA_LINK, parent);
  put_kind(header, "vlan",
           [&] { mnl_attr_put_u16(header, IFLA_VLAN_ID, static_cast<std::uint16_t>(id)); });
  return message;
}

Message bridge_message(const std::string& name) {
  Message message = new_link(name);
  put_kind(message.header(), "bridge", [] {});
  return message;
}

Message veth_message(const std::string& name, unsigned int bridge, const std::string& inside,
                     int net) {
  Message message = new_link(name);
  nlmsghdr* header = message.header();
  mnl_attr_put_u32(header, IFLA_MASTER, bridge);
  put_kind(header, "veth", [&] {
    nlattr* peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
    mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg));
    mnl_attr_put_strz(header, IFLA_IFNAME, inside.c_str());
    mnl_attr_put_u32(header, IFLA_NET_NS_FD, static_cast<std::uint32_t>(net));
    mnl_attr_nest_end(header, peer);
  });
  return message;
}

Message up_message(unsigned int index) {
  Message message(RTM_NEWLINK, 0, sizeof(ifinfomsg));
  auto& body = message.body<ifinfomsg>();
  body.ifi_index = static_cast<int>(index);
  body.ifi_flags = IFF_UP;
  body.ifi_change = IFF_UP;
  return message;
}

Message move_message(unsigned int index, int net) {
  Message message(RTM_NEWLINK, 0, sizeof(ifinfomsg));
  message.body<ifinfomsg>().ifi_index = static_cast<int>(index);
  mnl_attr_put_u32(message.header(), IFLA_NET_NS_FD, static_cast<std::uint32_t>(net));
  return message;
}

Message deletion_message(const std::string& name) {
  Message message(RTM_DELLINK, 0, sizeof(ifinfomsg));
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  return message;
}

Result<void> add_vlan(const std::string& parent, int id) {
  const std::string name = parent + "." + std::to_string(id);
  const std::string what =
      "ip link add link " + parent + " name " + name + " type vlan id " + std::to_string(id);
  const auto index = index_of(parent, what);
  if (!index) return std::unexpected(index.error());
  auto made = make(vlan_message(name, *index, id), what);
  if (!made && made.error().code == ENETDOWN) made.error().remedy = "ip link set " + parent + " up";
  return made;
}

Result<void> add_bridge(const libjail::Alias& address) {
  const std::string& name = address.interface;
  const auto made = make(bridge_message(name), "ip link add " + name + " type bridge");
  if (!made && made.error().code != EEXIST) return made;
  auto done = add_address(address);
  if (!done && done.error().code == EEXIST) done = {};
  if (done) done = bring_up(name);
  if (!done && made) static_cast<void>(delete_link(name));
  return done;
}

Result<void> add_veth(const std::string& name, const std::string& bridge, const std::string& inside,
                      int net) {
  const std::string what =
      "ip link add " + name + " master " + bridge + " type veth peer name " + inside;
  const auto index = index_of(bridge, what);
  if (!index) return std::unexpected(index.error());
  return make(veth_message(name, *index, inside, net), what);
}

Result<void> bring_up(const std::string& name) {
  const std::string what = "ip link set " + name + " up";
  const auto index = index_of(name, what);
  if (!index) return std::unexpected(index.error());
  return request(up_message(*index), what);
}

Result<void> move_link(const std::string& name, int net) {
  const std::string what = "move interface " + name;
  const auto index = index_of(name, what);
  if (!index) return std::unexpected(index.error());
  return request(move_message(*index, net), what);
}

Result<void> delete_bridge(const std::string& name) {
  const unsigned int bridge = ::if_nametoindex(name.c_str());
  if (bridge == 0) return {};
  const Message all(RTM_GETLINK, NLM_F_DUMP, sizeof(ifinfomsg));
  bool has_ports = false;
  const int error = dump(all, [&](const nlmsghdr* link) {
    auto state = std::make_pair(bridge, &has_ports);
    mnl_attr_parse(
        link, sizeof(ifinfomsg),
        [](const nlattr* attribute, void* data) {
          const auto& [master, found] = *static_cast<decltype(state)*>(data);
          if (mnl_attr_get_type(attribute) == IFLA_MASTER &&
              mnl_attr_get_u32(attribute) == master) {
            *found = true;
          }
          return MNL_CB_OK;
        },
        &state);
  });
  if (error != 0) return fail(error, "list the ports of bridge " + name);
  if (has_ports) return {};
  return delete_link(name);
}

Result<void> delete_link(const std::string& name) {
  const auto answer = transact(deletion_message(name));
  if (answer.code == 0 || answer.code == ENODEV) return {};
  return fail(answer.code, "ip link del " + name, answer.sentence);
}

}  // namespace jail_net
