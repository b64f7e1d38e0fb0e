// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-nat/commands.hpp"

#include <vector>

#include "jail/address.hpp"
#include "jail/name.hpp"
#include "lib/conf/quantities.hpp"
#include "network/translation.hpp"
#include "tools/jail-nat/nft.hpp"
#include "tools/jail-nat/removal.hpp"

namespace jail_nat {
namespace {

using libjail::fail;
using libjail::Result;
using libjail::network::Translation;
using Operands = std::span<const std::string_view>;

constexpr const char* kUsage =
    "usage: jail-nat [-n] add JAIL ADDRESS BRIDGE [REDIRECT]... | [-n] del JAIL";
constexpr std::size_t kFixed = 3;  ///< operands of add

Result<Translation> parse_translation(Operands operands) {
  auto jail = libjail::parse_name(operands[0]);
  if (!jail) return std::unexpected(jail.error());
  const std::string bridge(operands[2]);
  if (bridge.find_first_of("\"\\*") != std::string::npos) {
    return fail(0, "bridge " + bridge + " has a name that nft(8) does not take");
  }
  const auto parsed = libjail::parse_address(bridge + "|" + std::string(operands[1]));
  if (!parsed) return std::unexpected(parsed.error());
  const auto& address = *parsed;
  if (!address || !address->alias) return fail(0, kUsage);
  Translation translation{
      .jail = *std::move(jail), .address = address->ip, .bridge = address->alias->interface};
  for (const auto text : operands.subspan(kFixed)) {
    auto redirect = libjail::conf::parse_redirect(text);
    if (!redirect) return std::unexpected(redirect.error());
    translation.redirects.push_back(*std::move(redirect));
  }
  return translation;
}

Result<std::vector<std::string>> commands_of(Operands arguments) {
  if (arguments.size() > kFixed && arguments[0] == "add") {
    const auto translation = parse_translation(arguments.subspan(1));
    if (!translation) return std::unexpected(translation.error());
    return libjail::network::addition(*translation);
  }
  if (arguments.size() == 2 && arguments[0] == "del") {
    const auto jail = libjail::parse_name(arguments[1]);
    if (!jail) return std::unexpected(jail.error());
    const auto table = list_table();
    if (!table) return std::unexpected(table.error());
    return removal(*table, *jail);
  }
  return fail(0, kUsage);
}

}  // namespace

Result<std::string> run_command(Operands arguments) {
  const bool dry = !arguments.empty() && arguments[0] == "-n";
  const auto commands = commands_of(dry ? arguments.subspan(1) : arguments);
  if (!commands) return std::unexpected(commands.error());
  std::string text;
  for (const auto& command : *commands) text += command + "\n";
  if (dry || text.empty()) return text;
  if (const auto done = transact(text); !done) return std::unexpected(done.error());
  return std::string();
}

}  // namespace jail_nat
