// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/object_text.hpp"

#include <sys/capability.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "lib/text.hpp"

namespace monitor {
namespace {

struct Named {
  int number;
  const char* name;
};

constexpr auto kFamilies = std::to_array<Named>({{AF_UNIX, "AF_UNIX"},
                                                 {AF_INET, "AF_INET"},
                                                 {AF_INET6, "AF_INET6"},
                                                 {AF_KEY, "AF_KEY"},
                                                 {AF_NETLINK, "AF_NETLINK"},
                                                 {AF_PACKET, "AF_PACKET"},
                                                 {AF_RDS, "AF_RDS"},
                                                 {AF_PPPOX, "AF_PPPOX"},
                                                 {AF_LLC, "AF_LLC"},
                                                 {AF_CAN, "AF_CAN"},
                                                 {AF_TIPC, "AF_TIPC"},
                                                 {AF_BLUETOOTH, "AF_BLUETOOTH"},
                                                 {AF_RXRPC, "AF_RXRPC"},
                                                 {AF_ALG, "AF_ALG"},
                                                 {AF_VSOCK, "AF_VSOCK"},
                                                 {AF_KCM, "AF_KCM"},
                                                 {AF_SMC, "AF_SMC"},
                                                 {AF_XDP, "AF_XDP"}});
constexpr auto kTypes = std::to_array<Named>({{SOCK_STREAM, "SOCK_STREAM"},
                                              {SOCK_DGRAM, "SOCK_DGRAM"},
                                              {SOCK_RAW, "SOCK_RAW"},
                                              {SOCK_RDM, "SOCK_RDM"},
                                              {SOCK_SEQPACKET, "SOCK_SEQPACKET"},
                                              {SOCK_DCCP, "SOCK_DCCP"}});

/// The name, or "WHAT NUMBER" where there is none.
std::string name_in(std::span<const Named> names, std::string_view what, std::string_view number) {
  const auto value = libjail::parse_number<int>(number);
  const auto found = std::ranges::find_if(
      names, [&value](const Named& one) { return value && one.number == *value; });
  return found != names.end() ? found->name : std::string(what) + " " + std::string(number);
}

std::optional<std::string> capability(std::string_view number) {
  const auto value = libjail::parse_number<cap_value_t>(number);
  if (!value) return {};
  const std::unique_ptr<char, int (*)(void*)> name(::cap_to_name(*value), ::cap_free);
  if (!name) return {};
  return name.get();
}

}  // namespace

std::string object_text(std::string_view object) {
  const auto words = libjail::split(object, ' ');
  if (words.size() == 2 && words[0] == "capability") {
    if (auto name = capability(words[1]); name) return *std::move(name);
  }
  if (words.size() == 6 && words[0] == "family" && words[2] == "type") {
    return name_in(kFamilies, words[0], words[1]) + " " + name_in(kTypes, words[2], words[3]) +
           " " + std::string(words[4]) + " " + std::string(words[5]);
  }
  return std::string(object);
}

}  // namespace monitor
