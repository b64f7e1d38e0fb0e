// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <set>

#include "doctor/sources.hpp"
#include "jail/address.hpp"
#include "jail/listing.hpp"
#include "lib/text.hpp"

namespace libjail::doctor {
namespace {

constexpr std::size_t kMostPorts = 10;  // told of

struct Table {
  const char* file;
  const char* protocol;
  const char* state;  ///< of a socket that waits for others
};
constexpr auto kTables = std::to_array<Table>({{"net/tcp", "tcp", "0A"},
                                               {"net/tcp6", "tcp", "0A"},
                                               {"net/udp", "udp", "07"},
                                               {"net/udp6", "udp", "07"}});
constexpr std::string_view kAnyAddress6 = "00000000000000000000000000000000";
constexpr auto kFields = 4;  // number, local, remote, state

std::vector<std::string_view> words(std::string_view line) {
  auto parts = split(line, ' ');
  std::erase(parts, "");
  return parts;
}

/// The port of a socket of the host that gets what is sent to the address, or nothing.
std::optional<unsigned int> reachable_port(std::string_view line, const char* state,
                                           std::uint32_t address, bool address_is_free) {
  const auto fields = words(line);
  if (fields.size() < kFields || fields[3] != state) return {};
  const auto local = split(fields[1], ':');
  if (local.size() != 2) return {};
  const auto ip = parse_number<std::uint32_t>(local[0], 16);  // in network byte order
  const bool any = local[0] == kAnyAddress6 || (ip && *ip == 0);
  if (!any && !(address_is_free && ip && ntohl(*ip) == address)) return {};
  return parse_number<unsigned int>(local[1], 16);
}

std::vector<std::string> reachable_ports(Kernel& kernel, const Sources& sources,
                                         std::uint32_t address, bool address_is_free) {
  std::set<std::pair<unsigned int, std::string>> ports;
  for (const auto& [file, protocol, state] : kTables) {
    const auto text = read_source(kernel, sources, file);
    for (const auto line : split(text, '\n')) {
      const auto port = reachable_port(line, state, address, address_is_free);
      if (port) ports.emplace(*port, protocol);
    }
  }
  std::vector<std::string> names;
  for (const auto& [port, protocol] : ports) {
    if (names.size() >= kMostPorts) break;
    names.push_back(std::to_string(port) + "/" + protocol);
  }
  return names;
}

}  // namespace

void check_address(Kernel& kernel, const Sources& sources, const Subject& subject,
                   Collector& found) {
  if (!subject.address || subject.own_network) return;
  const std::string text = format_ip(*subject.address);
  const auto interfaces = kernel.interface_addresses();
  if (!interfaces) {
    found.gap({.code = interfaces.error(), .what = "addresses of the host", .remedy = {}});
  } else if (!subject.adds_address &&
             std::ranges::find(*interfaces, *subject.address, &InterfaceAddress::address) ==
                 interfaces->end()) {
    found.add({.id = "ip-missing",
               .level = Level::kWarning,
               .object = text,
               .sentence = "no interface has this address",
               .fix = "ip address add " + text +
                      "/32 dev INTERFACE, or give jail(8) "
                      "\"INTERFACE|" +
                      text + "\""});
  }
  bool is_free = true;
  const auto jails = list_jails(kernel, (sources.proc + "/jails").c_str());
  for (const auto& jail : jails ? *jails : std::vector<ListedJail>()) {
    if (jail.dying || jail.address != text) continue;
    is_free = false;
    if (jail.name == subject.name) continue;
    found.add({.id = "ip-shared",
               .level = Level::kWarning,
               .object = text,
               .sentence = "jail \"" + jail.name + "\" has this address too",
               .fix = "give each jail an address of its own"});
  }
  std::string ports;
  for (const auto& port : reachable_ports(kernel, sources, *subject.address, is_free)) {
    ports += (ports.empty() ? "" : ", ") + port;
  }
  if (ports.empty()) return;
  found.add({.id = "ip-host-listens",
             .level = Level::kWarning,
             .object = text,
             .sentence = "servers of the host answer there too, where the jail has none: " + ports,
             .fix = "bind them to the host's own address"});
}

}  // namespace libjail::doctor
