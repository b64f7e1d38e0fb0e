// SPDX-License-Identifier: BSD-2-Clause
#include "jail/address.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <cerrno>

#include "lib/text.hpp"

namespace libjail {
namespace {

constexpr const char* kForms = "give none, 10.2.3.4, or 'eth0|10.2.3.4/24' to have it added";

constexpr std::uint32_t kLoopback = 0x7f000001;  // 127.0.0.1

std::string quoted(std::string_view text) { return "address \"" + std::string(text) + "\""; }

bool valid_interface(std::string_view name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name == "." || name == "..") return false;
  return name.find_first_of("/: \t\n\v\f\r") == std::string_view::npos;
}

/// Addresses that belong to no single host.
bool is_unicast(std::uint32_t ip) { return ip >> 24 != 0 && ip >> 28 < 0xe; }

Result<std::uint32_t> parse_ip(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    return fail(EAFNOSUPPORT, quoted(text),
                "IPv6 addresses are not supported yet; give an IPv4 address or none");
  }
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) {
    return fail(EINVAL, quoted(text) + " is no IPv4 address", kForms);
  }
  const std::uint32_t ip = ntohl(address.s_addr);
  if (!is_unicast(ip)) {
    return fail(EINVAL, quoted(text) + " is no address of a single host", kForms);
  }
  if (ip == kLoopback) {
    return fail(EINVAL, quoted(text) + " is where the host keeps services to itself",
                "give the jail an address of its own");
  }
  return ip;
}

Result<Address> parse_one(std::string_view text) {
  const auto bar = text.find('|');
  if (bar == std::string_view::npos) {
    if (text.find('/') != std::string_view::npos) {
      return fail(EINVAL, quoted(text) + " has a prefix but no interface to be added to", kForms);
    }
    const auto ip = parse_ip(text);
    if (!ip) return std::unexpected(ip.error());
    return Address{.ip = *ip, .alias = {}};
  }

  const auto interface = text.substr(0, bar);
  if (!valid_interface(interface)) {
    return fail(EINVAL,
                quoted(text) + ": no interface can be named \"" + std::string(interface) + "\"",
                kForms);
  }
  const auto rest = text.substr(bar + 1);
  const auto slash = rest.find('/');
  const auto ip = parse_ip(rest.substr(0, slash));
  if (!ip) return std::unexpected(ip.error());
  Alias alias{.ip = *ip, .interface = std::string(interface), .prefix = 32};
  if (slash != std::string_view::npos) {
    const auto prefix = parse_number<int>(rest.substr(slash + 1));
    if (!prefix || *prefix > 32) {
      return fail(EINVAL, quoted(text) + ": the prefix is no number from 0 to 32", kForms);
    }
    alias.prefix = *prefix;
  }
  return Address{.ip = *ip, .alias = std::move(alias)};
}

}  // namespace

Result<std::optional<Address>> parse_address(std::string_view text) {
  if (text == "none") return std::nullopt;
  std::optional<Address> first;
  bool several = false;
  for (const auto item : split(text, ',')) {
    const auto address = parse_one(item);
    if (!address) return std::unexpected(address.error());
    several = first.has_value();
    if (!first) first = *address;
  }
  if (several) {
    return fail(E2BIG, quoted(text), "a jail has one address in this version of the kernel");
  }
  return first;
}

std::string format_ip(std::uint32_t ip) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(ip >> shift & 0xff);
    if (shift != 0) text += '.';
  }
  return text;
}

std::string format_prefixed(const Alias& alias) {
  return format_ip(alias.ip) + "/" + std::to_string(alias.prefix);
}

std::string ip_command(std::string_view verb, const Alias& alias) {
  return "ip address " + std::string(verb) + " " + format_prefixed(alias) + " dev " +
         alias.interface;
}

}  // namespace libjail
