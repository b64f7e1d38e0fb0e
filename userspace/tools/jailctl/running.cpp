// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/running.hpp"

#include <cerrno>

#include "lib/text.hpp"

namespace jailctl {

using libjail::ListedJail;
using libjail::Result;

Result<std::vector<ListedJail>> running_jails(const Context& context) {
  auto jails = libjail::list_jails(context.kernel, (context.proc + "/jails").c_str());
  if (!jails && jails.error().code == ENOENT) return std::vector<ListedJail>();
  return jails;
}

Result<std::optional<ListedJail>> find_running(const Context& context, const std::string& jail) {
  auto jails = running_jails(context);
  if (!jails) return std::unexpected(jails.error());
  const auto jid = libjail::parse_number<std::uint32_t>(jail);
  for (auto& one : *jails) {
    if (jid ? one.jid == *jid : one.name == jail) return std::move(one);
  }
  return std::nullopt;
}

}  // namespace jailctl
