// SPDX-License-Identifier: BSD-2-Clause
#include "network/translation.hpp"

#include <utility>

#include "jail/address.hpp"

namespace libjail::network {

std::vector<std::string> addition(const Translation& translation) {
  const std::string table = kTable;
  const std::string address = format_ip(translation.address);
  const std::string owner = " comment \"" + translation.jail + "\"";
  const std::string redirect =
      " dnat ip to meta l4proto . ip daddr . th dport map @" + std::string(kPorts);
  const std::string masquerade = " postrouting ip saddr @" + std::string(kAddresses);
  std::vector<std::string> commands{
      "add table " + table, "add set " + table + " " + kAddresses + " { type ipv4_addr; }",
      "add map " + table + " " + kPorts +
          " { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }",
      "add chain " + table + " prerouting { type nat hook prerouting priority dstnat; }",
      "add chain " + table + " output { type nat hook output priority -100; }",
      "add chain " + table + " postrouting { type nat hook postrouting priority srcnat; }",
      // The rules are written anew, as they cannot be there twice.
      "flush table " + table, "add rule " + table + " prerouting" + redirect,
      "add rule " + table + " output" + redirect,
      "add rule " + table + masquerade + " oifname != \"" + translation.bridge + "\" masquerade",
      // From a jail to the port of another one, by the host's address: the answer comes back here.
      "add rule " + table + masquerade + " ct status dnat masquerade",
      "create element " + table + " " + kAddresses + " { " + address + owner + " }"};
  for (const auto& one : translation.redirects) {
    std::string command = "create element " + table + " " + kPorts + " { " + one.protocol;
    command += " . " + format_ip(one.address) + " . " + std::to_string(one.port) + owner;
    command += " : " + address + " . " + std::to_string(one.jail_port) + " }";
    commands.push_back(std::move(command));
  }
  return commands;
}

std::string format_redirect(const conf::Redirect& redirect) {
  return redirect.protocol + " " + format_ip(redirect.address) + ":" +
         std::to_string(redirect.port) + " " + std::to_string(redirect.jail_port);
}

}  // namespace libjail::network
