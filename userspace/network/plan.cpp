// SPDX-License-Identifier: BSD-2-Clause
#include "network/plan.hpp"

#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace libjail::network {
namespace {

constexpr const char* kPrefix = "j-";
constexpr int kAllBits = 32;

/// FNV-1a.
std::uint32_t hash(std::string_view text) {
  constexpr std::uint32_t kBasis = 2166136261;
  constexpr std::uint32_t kPrime = 16777619;
  std::uint32_t value = kBasis;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * kPrime;
  return value;
}

std::string hexadecimal(std::uint32_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = 0; i < digits; ++i, value >>= 4) {
    text[digits - 1 - i] = "0123456789abcdef"[value & 0xf];
  }
  return text;
}

std::uint32_t mask_of(int prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (kAllBits - prefix);
}

Result<Plan> plan_vlan(Plan plan, const conf::JailConfig& jail, const conf::Vlan& vlan) {
  plan.kind = Kind::kVlan;
  plan.vlan = vlan;
  plan.interface = vlan.interface + "." + std::to_string(vlan.id);
  if (jail.vnet) {
    return fail(0, "jail " + plan.jail + ": vlan and vnet exclude each other",
                "make the interface on the host and name it in vnet.interface");
  }
  if (!plan.address || plan.address->interface != plan.interface) {
    return fail(0, "jail " + plan.jail + ": " + plan.interface + " is to have the jail's address",
                "give ip4.addr = \"" + plan.interface + "|ADDRESS/PREFIX\"");
  }
  return plan;
}

Result<Plan> plan_vnet(Plan plan, const conf::JailConfig& jail) {
  plan.moved = jail.vnet_interfaces;
  if (jail.address && !plan.address) {
    return fail(0,
                "jail " + plan.jail +
                    ": an address in a network stack of its own needs an "
                    "interface and a prefix",
                "give ip4.addr = \"eth0|" + format_ip(jail.address->ip) + "/24\"");
  }
  plan.kind = plan.moved.empty() && plan.address ? Kind::kVeth : Kind::kMoved;
  if (plan.kind == Kind::kVeth) {
    plan.interface = host_end_name(plan.jail);
    plan.nat = jail.nat;
    plan.redirects = jail.redirects;
  } else if (plan.address &&
             std::ranges::find(plan.moved, plan.address->interface) == plan.moved.end()) {
    return fail(0, "jail " + plan.jail + ": " + plan.address->interface +
                       " has an address in ip4.addr but is not in vnet.interface");
  }
  return plan;
}

}  // namespace

Result<Plan> plan_network(const conf::JailConfig& jail) {
  Plan plan{.jail = jail.name};
  if (jail.address) plan.address = jail.address->alias;
  if (jail.vlan) return plan_vlan(std::move(plan), jail, *jail.vlan);
  if (jail.vnet) return plan_vnet(std::move(plan), jail);
  if (plan.address) plan.kind = Kind::kAlias;
  return plan;
}

std::string host_end_name(const std::string& jail) {
  constexpr std::size_t kMost = IFNAMSIZ - 1;
  constexpr std::size_t kKept = 6;
  constexpr std::size_t kDigits = 6;
  // Shorter than those with a hash, so that none of the one kind is one of the other.
  std::string whole = kPrefix + jail;
  if (whole.size() < kMost) return whole;
  return kPrefix + jail.substr(0, kKept) + "-" + hexadecimal(hash(jail), kDigits);
}

Result<Alias> gateway_of(const Alias& address, const std::string& bridge) {
  const std::string what = "address " + format_prefixed(address);
  if (address.prefix == kAllBits) {
    return fail(0, what + " leaves no address for the bridge", "give a prefix of 31 or less");
  }
  const std::uint32_t network = address.ip & mask_of(address.prefix);
  // RFC 3021: two addresses make a network of two hosts.
  const std::uint32_t first = address.prefix == kAllBits - 1 ? address.ip ^ 1 : network + 1;
  if (first == address.ip) {
    return fail(0, what + " is the one that the bridge gets", "give another of the network");
  }
  if (address.prefix < kAllBits - 1 &&
      (address.ip == network || address.ip == (network | ~mask_of(address.prefix)))) {
    return fail(0, what + " means the network or all of its hosts", "give another of the network");
  }
  return Alias{.ip = first, .interface = bridge, .prefix = address.prefix};
}

bool in_same_network(const Alias& address, std::uint32_t other) {
  return ((address.ip ^ other) & mask_of(address.prefix)) == 0;
}

}  // namespace libjail::network
