// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/quantities.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <bit>
#include <limits>
#include <optional>

#include "jail/address.hpp"
#include "lib/text.hpp"

namespace libjail::conf {
namespace {

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// An address with options for FreeBSD's ifconfig(8) after it.
Result<void> refuse_options(std::string_view item) {
  if (item.find_first_of(" \t") == std::string_view::npos) return {};
  return fail(0, "address " + quoted(item) + " has options of ifconfig(8), which Linux has not",
              "give INTERFACE|ADDRESS/PREFIX");
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "kmgt";
  std::string_view digits = text;
  unsigned int shift = 0;
  if (!text.empty()) {
    const char last = text.back();
    const auto unit =
        kUnits.find(last >= 'A' && last <= 'Z' ? static_cast<char>(last | 0x20) : last);
    if (unit != std::string_view::npos) {
      shift = 10 * (static_cast<unsigned int>(unit) + 1);
      digits.remove_suffix(1);
    }
  }
  const auto number = parse_number<std::uint64_t>(digits);
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint64_t>::max() >> shift) {
    return fail(0, quoted(text) + " is no size", "give bytes, or a number with K, M, G or T");
  }
  return *number << shift;
}

Result<int> parse_percent(std::string_view text) {
  constexpr int kMost = 1000000;
  const auto number =
      text.ends_with('%') ? parse_number<int>(text.substr(0, text.size() - 1)) : std::nullopt;
  if (!number || *number < 1 || *number > kMost) {
    return fail(0, quoted(text) + " is no share of a CPU",
                "give 50% for half of one, 200% for two");
  }
  return *number;
}

Result<IoLimit> parse_io_limit(std::string_view text) {
  const auto refuse = [text](const std::string& why) {
    return fail(0, quoted(text) + why, "DEVICE rbps=SIZE wbps=SIZE riops=NUMBER wiops=NUMBER");
  };
  IoLimit limit;
  bool any = false;
  for (const auto word : split(text, ' ')) {
    if (word.empty()) continue;
    if (limit.device.empty()) {
      limit.device = word;
      continue;
    }
    const auto sign = word.find('=');
    const auto key = word.substr(0, sign);
    auto* const field = key == "rbps"    ? &limit.rbps
                        : key == "wbps"  ? &limit.wbps
                        : key == "riops" ? &limit.riops
                        : key == "wiops" ? &limit.wiops
                                         : nullptr;
    if (field == nullptr || sign == std::string_view::npos) {
      return refuse(": " + quoted(word) + " is unknown");
    }
    const auto value = parse_size(word.substr(sign + 1));
    if (!value) return std::unexpected(value.error());
    *field = *value;
    any = true;
  }
  const auto numbers = split(limit.device, ':');
  const bool is_number = numbers.size() == 2 && parse_number<unsigned int>(numbers[0]) &&
                         parse_number<unsigned int>(numbers[1]);
  if (!is_number && !limit.device.starts_with('/')) {
    return refuse(": the device is neither MAJOR:MINOR nor an absolute path");
  }
  if (!any) return refuse(" limits nothing");
  return limit;
}

Result<Vlan> parse_vlan(std::string_view text) {
  constexpr int kMost = 4094;
  const auto dot = text.rfind('.');
  const auto id =
      dot == std::string_view::npos ? std::nullopt : parse_number<int>(text.substr(dot + 1));
  const auto interface = text.substr(0, dot == std::string_view::npos ? 0 : dot);
  if (!id || *id < 1 || *id > kMost || interface.empty() || text.size() >= IFNAMSIZ ||
      text.find_first_of("/: \t\r\n") != std::string_view::npos) {
    return fail(0, quoted(text) + " is no VLAN",
                "give INTERFACE.NUMBER, the number from 1 to 4094");
  }
  return Vlan{.interface = std::string(interface), .id = *id};
}

Result<Redirect> parse_redirect(std::string_view text) {
  constexpr int kMostPort = 65535;
  const auto port = [](std::string_view digits) {
    const auto number = parse_number<int>(digits);
    return number && *number >= 1 && *number <= kMostPort ? *number : 0;
  };
  const auto words = split(text, ' ');
  const auto bad = [text] {
    return fail(0, quoted(text) + " redirects no port",
                "give PROTOCOL ADDRESS:PORT JAIL-PORT, such as tcp 203.0.113.5:8080 80");
  };
  if (words.size() != 3 || (words[0] != "tcp" && words[0] != "udp")) return bad();
  const auto colon = words[1].rfind(':');
  if (colon == std::string_view::npos) return bad();
  const auto parsed = parse_address(words[1].substr(0, colon));
  if (!parsed) return std::unexpected(parsed.error());
  const std::optional<Address>& address = *parsed;
  if (!address || address->alias) return bad();
  Redirect redirect{.protocol = std::string(words[0]),
                    .address = address->ip,
                    .port = port(words[1].substr(colon + 1)),
                    .jail_port = port(words[2])};
  if (redirect.port == 0 || redirect.jail_port == 0) return bad();
  return redirect;
}

Result<std::string> complete_address(std::string_view item, std::string_view default_interface) {
  if (auto done = refuse_options(item); !done) return std::unexpected(done.error());
  std::string text(item);
  if (item != "none" && !default_interface.empty() && item.find('|') == std::string_view::npos) {
    text = std::string(default_interface) + "|" + text;
  }
  const auto slash = text.rfind('/');
  in_addr mask{};
  if (slash == std::string::npos || inet_pton(AF_INET, text.c_str() + slash + 1, &mask) != 1) {
    return text;
  }
  const std::uint32_t bits = ntohl(mask.s_addr);
  const int prefix = std::countl_one(bits);
  if (std::popcount(bits) != prefix) {
    return fail(0, "address " + quoted(item) + ": the mask has holes");
  }
  return text.substr(0, slash + 1) + std::to_string(prefix);
}

Result<void> check_ip6(std::string_view item) {
  if (auto done = refuse_options(item); !done) return done;
  const auto bar = item.find('|');
  const auto rest = bar == std::string_view::npos ? item : item.substr(bar + 1);
  const auto slash = rest.find('/');
  constexpr unsigned int kMostPrefix = 128;
  in6_addr address{};
  bool good = inet_pton(AF_INET6, std::string(rest.substr(0, slash)).c_str(), &address) == 1;
  if (slash != std::string_view::npos) {
    const auto prefix = parse_number<unsigned int>(rest.substr(slash + 1));
    good = good && prefix && *prefix <= kMostPrefix;
  }
  if (!good) return fail(0, quoted(item) + " is no IPv6 address");
  return {};
}

}  // namespace libjail::conf
