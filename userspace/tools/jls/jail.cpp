// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/jail.hpp"

#include <fcntl.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "jail/apply.hpp"
#include "jail/conf/config.hpp"
#include "jail/read_file.hpp"
#include "lifecycle/record.hpp"

namespace jls_tool {
namespace {

using libjail::ListedJail;
using libjail::Result;

/// Whether the caller is in a jail, as its status says.
bool is_jailed(libjail::Kernel& kernel, const char* status) {
  constexpr std::string_view kField = "\nJid:\t";
  const auto text = libjail::read_file(kernel, AT_FDCWD, status);
  if (!text) return false;
  const auto found = text->find(kField);
  return found != std::string::npos && text->substr(found + kField.size(), 2) != "0\n";
}

/// Whether the jail was started so; nothing where that cannot be read. The kernel does not know: a
/// process that jail(8) left holds the jail.
std::optional<bool> persist(libjail::Kernel& kernel, const Sources& sources,
                            const std::string& name) {
  const auto read = libjail::lifecycle::Record::read(kernel, sources.state_dir, name);
  if (!read) return {};
  const std::optional<libjail::conf::JailSettings>& settings = *read;
  if (!settings) return false;
  const auto config = libjail::conf::make_config(*settings);
  return config ? std::optional(config->persist) : std::nullopt;
}

}  // namespace

Result<std::vector<ListedJail>> list(libjail::Kernel& kernel, const Sources& sources) {
  auto jails = libjail::list_jails(kernel, sources.listing);
  if (jails || jails.error().code != ENOENT) return jails;
  if (is_jailed(kernel, sources.status)) return std::vector<ListedJail>();
  if (const auto version = libjail::probe(kernel); !version) {
    return std::unexpected(version.error());
  }
  return libjail::fail(ENOENT, jails.error().what, "mount proc on /proc");
}

Result<std::vector<Jail>> inform(libjail::Kernel& kernel, const Sources& sources,
                                 std::vector<ListedJail> jails) {
  std::vector<Jail> informed;
  for (auto& listed : jails) {
    Jail jail{.listed = std::move(listed)};
    if (!jail.listed.dying) {
      const auto fd = kernel.jail_open(jail.listed.jid);
      if (!fd && fd.error() == ESRCH) continue;
      jail_info info{};
      const auto asked =
          fd ? kernel.jail_info(fd->get(), &info) : libjail::Sys<void>(std::unexpected(fd.error()));
      if (!asked) {
        return libjail::fail(asked.error(), "information of jail \"" + jail.listed.name + "\"",
                             asked.error() == EPERM ? "run as root" : "");
      }
      if (jail.listed.name != std::string_view(info.name)) continue;  // another one got its number
      jail.info = info;
      jail.persist = persist(kernel, sources, jail.listed.name);
    }
    informed.push_back(std::move(jail));
  }
  return informed;
}

}  // namespace jls_tool
