// SPDX-License-Identifier: BSD-2-Clause
#include "jail/alias.hpp"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>

#include "jail/listing.hpp"
#include "lib/state_folder.hpp"

namespace libjail {
namespace {

constexpr const char* kKind = "addresses";

Result<void> run_helper(Kernel& kernel, const AliasConfig& config, const char* verb,
                        const Alias& alias) {
  const auto status =
      kernel.run({config.helper, "address", verb, alias.interface, format_prefixed(alias)});
  const std::string what = ip_command(verb, alias);
  if (!status) return fail(status.error(), what + ": " + config.helper);
  if (*status != 0) return fail(0, what + " failed");  // the helper has said why
  return {};
}

/// What the file of an address holds: the operand that made it.
std::string serialize(const Alias& alias) { return alias.interface + "|" + format_prefixed(alias); }

std::optional<Alias> read_alias(int file) {
  const auto operand = parse_address(read_state(file));
  if (!operand) return {};
  const auto& address = *operand;
  return address ? address->alias : std::nullopt;
}

/// The interface that has the address, or an empty name.
Result<std::string> interface_of(Kernel& kernel, std::uint32_t ip) {
  const auto all = kernel.interface_addresses();
  if (!all) return fail(all.error(), "list the addresses of the interfaces");
  const auto found = std::ranges::find(*all, ip, &InterfaceAddress::address);
  return found == all->end() ? std::string() : found->interface;
}

/// With the folder locked and the file's lock exclusive: nobody uses the address.
Result<void> take_away(Kernel& kernel, const AliasConfig& config, const StateFolder& state,
                       const Alias& alias) {
  if (auto removed = run_helper(kernel, config, "del", alias); !removed) return removed;
  return state.remove(format_ip(alias.ip));
}

/// Whether a jail outlived the process that made its address.
bool in_use(const Result<std::vector<ListedJail>>& jails, const Alias& alias) {
  if (!jails) return jails.error().code != ENOENT;  // when in doubt, leave it
  return std::ranges::count(*jails, format_ip(alias.ip), &ListedJail::address) > 0;
}

}  // namespace

Result<std::optional<AliasLease>> AliasLease::acquire(Kernel& kernel, const AliasConfig& config,
                                                      const Alias& alias) {
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const std::string name = format_ip(alias.ip);
  const auto present = interface_of(kernel, alias.ip);
  if (!present) return std::unexpected(present.error());
  if (!present->empty() && *present != alias.interface) {
    return fail(0, "address " + name + " is on " + *present + ", not on " + alias.interface,
                "name that interface, or take the address away from it");
  }

  auto ours = state->file(name);
  if (!present->empty() && !ours) return std::nullopt;
  auto file = ours ? std::move(*ours) : UniqueFd();
  if (present->empty()) {
    auto created = state->create(name, serialize(alias));
    if (!created) return std::unexpected(created.error());
    file = std::move(*created);
    if (const auto added = run_helper(kernel, config, "add", alias); !added) {
      static_cast<void>(state->remove(name));
      return std::unexpected(added.error());
    }
  }
  if (const auto locked = lock_file(file.get(), LOCK_SH); !locked) {
    return fail(locked.error(), "state file of address " + name);
  }
  auto made = read_alias(file.get()).value_or(alias);  // the prefix may be another than ours
  return AliasLease(std::move(made), std::move(file));
}

Result<bool> AliasLease::release(Kernel& kernel, const AliasConfig& config) {
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const UniqueFd file = std::move(file_);
  if (!lock_file(file.get(), LOCK_EX | LOCK_NB)) return false;
  const auto jails = list_jails(kernel, config.listing.c_str());
  if (in_use(jails, alias_)) return false;
  if (auto gone = take_away(kernel, config, *state, alias_); !gone) {
    return std::unexpected(gone.error());
  }
  return true;
}

Result<std::optional<Alias>> find_alias(const AliasConfig& config, std::uint32_t ip) {
  if (!StateFolder::exists(config.state_dir, kKind)) return std::nullopt;
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const auto file = state->file(format_ip(ip));
  if (!file) return std::nullopt;
  return read_alias(file->get());
}

Result<std::vector<Alias>> sweep_aliases(Kernel& kernel, const AliasConfig& config) {
  std::vector<Alias> swept;
  if (!StateFolder::exists(config.state_dir, kKind)) return swept;  // nothing was ever added
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const auto names = state->names();
  if (!names) return std::unexpected(names.error());
  std::optional<Result<std::vector<ListedJail>>> jails;  // read when the first is looked at
  for (const auto& name : *names) {
    const auto file = state->file(name);
    if (!file || !lock_file(file->get(), LOCK_EX | LOCK_NB)) continue;
    const auto alias = read_alias(file->get());
    if (!alias || format_ip(alias->ip) != name) {
      static_cast<void>(state->remove(name));  // cut short while it was written
      continue;
    }
    if (!jails) jails = list_jails(kernel, config.listing.c_str());
    if (in_use(*jails, *alias)) continue;
    if (auto gone = take_away(kernel, config, *state, *alias); !gone) {
      return std::unexpected(gone.error());
    }
    swept.push_back(*alias);
  }
  return swept;
}

}  // namespace libjail
