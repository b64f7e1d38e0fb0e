// SPDX-License-Identifier: BSD-2-Clause
#include "network/interface_lease.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "jail/listing.hpp"
#include "lib/state_folder.hpp"
#include "lib/text.hpp"

namespace libjail::network {
namespace {

constexpr const char* kKind = "interfaces";
// What a file holds: who has the interface.
constexpr const char* kOfBridge = "bridge";
constexpr std::string_view kOfJail = "jail ";
constexpr std::string_view kWithNat = " nat";
constexpr std::string_view kIndex = " #";

struct Owner {
  std::string jail{};  ///< empty: the file was cut short, or is that of a bridge
  bool bridge = false;
  bool nat = false;
  unsigned int index = 0;  ///< of the interface; 0: not known
};

Owner owner_of(int file) {
  std::string text = read_state(file);
  Owner owner;
  if (const auto mark = text.rfind(kIndex); mark != std::string::npos) {
    owner.index = parse_number<unsigned int>(text.substr(mark + kIndex.size())).value_or(0);
    text.resize(mark);
  }
  owner.bridge = text == kOfBridge;
  if (!text.starts_with(kOfJail)) return owner;
  owner.nat = text.ends_with(kWithNat);
  if (owner.nat) text.resize(text.size() - kWithNat.size());
  owner.jail = text.substr(kOfJail.size());
  return owner;
}

/// Writes down which interface was made.
void record_index(const NetworkConfig& config, int file, const std::string& name) {
  const auto index = config.index_of(name);
  if (index == 0) return;
  const std::string line = read_state(file) + std::string(kIndex) + std::to_string(index) + "\n";
  static_cast<void>(::pwrite(file, line.data(), line.size(), 0));  // without it, the name says it
}

/// Whether the interface is another than ours, which somebody has removed.
bool is_another(const NetworkConfig& config, const std::string& name, const Owner& owner) {
  return owner.index != 0 && config.has_interface(name) && config.index_of(name) != owner.index;
}

using Jails = Result<std::vector<ListedJail>>;

bool lives(const Jails& jails, const std::string& jail) {
  if (!jails) return jails.error().code != ENOENT;  // when in doubt, leave it
  return std::ranges::count(*jails, jail, &ListedJail::name) > 0;
}

Result<void> remove_link(Kernel& kernel, const NetworkConfig& config, const StateFolder& state,
                         const std::string& name, const Owner& owner) {
  if (owner.nat) {
    if (auto gone = run_nat(kernel, config, {"del", owner.jail},
                            "end the translation of addresses for jail " + owner.jail);
        !gone) {
      return gone;
    }
  }
  if (is_another(config, name, owner)) return state.remove(name);
  if (auto gone = run_helper(kernel, config, {"link", "del", name}, "ip link del " + name); !gone) {
    return gone;
  }
  return state.remove(name);
}

/// A bridge of ours, unless it has ports.
Result<void> remove_bridges(Kernel& kernel, const NetworkConfig& config, const StateFolder& state,
                            std::vector<std::string>& removed) {
  const auto names = state.names();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    const auto file = state.file(name);
    const Owner owner = file ? owner_of(file->get()) : Owner();
    if (!owner.bridge) continue;
    if (is_another(config, name, owner)) {
      if (auto gone = state.remove(name); !gone) return gone;
      continue;
    }
    if (auto tried = run_helper(kernel, config, {"bridge", "del", name}, "ip link del " + name);
        !tried) {
      return tried;
    }
    if (config.has_interface(name)) continue;
    if (auto gone = state.remove(name); !gone) return gone;
    removed.push_back(name);
  }
  return {};
}

Result<void> make_bridge(Kernel& kernel, const NetworkConfig& config, const StateFolder& state,
                         const Bridge& bridge) {
  const bool there = config.has_interface(bridge.name);
  if (const auto file = state.file(bridge.name); there) {
    if (!file) return {};  // the administrator's
    if (is_another(config, bridge.name, owner_of(file->get()))) return state.remove(bridge.name);
    return run_helper(kernel, config, bridge.add, bridge.command);
  }
  const auto file = state.create(bridge.name, kOfBridge);
  if (!file) return std::unexpected(file.error());
  auto made = run_helper(kernel, config, bridge.add, bridge.command);
  if (made) record_index(config, file->get(), bridge.name);
  return made;
}

/// Whether the interface can be made: what a killed process left is removed before.
Result<void> make_room(Kernel& kernel, const NetworkConfig& config, const StateFolder& state,
                       const std::string& name) {
  const auto old = state.file(name);
  if (!old && !config.has_interface(name)) return {};
  const auto foreign =
      fail(EEXIST, "interface " + name, "it was not made for a jail; remove it, or use another");
  if (!old) return foreign;
  const Owner owner = owner_of(old->get());
  const bool free = lock_file(old->get(), LOCK_EX | LOCK_NB).has_value();
  if (owner.bridge || !free || jail_lives(kernel, config, owner.jail)) {
    return fail(
        EBUSY, "interface " + name,
        owner.bridge ? "it is the bridge of the jails" : "it belongs to jail " + owner.jail);
  }
  const bool another = is_another(config, name, owner);
  auto gone = remove_link(kernel, config, state, name, owner);
  return gone && another ? foreign : gone;
}

}  // namespace

Result<void> run_helper(Kernel& kernel, const NetworkConfig& config,
                        std::vector<std::string> arguments, const std::string& what) {
  arguments.insert(arguments.begin(), config.helper);
  const auto status = kernel.run(arguments);
  if (!status) return fail(status.error(), what + ": " + config.helper);
  if (*status != 0) return fail(0, what + " failed");
  return {};
}

Result<void> run_nat(Kernel& kernel, const NetworkConfig& config,
                     std::vector<std::string> arguments, const std::string& what) {
  NetworkConfig beside = config;
  beside.helper.resize(config.helper.rfind('/') + 1);
  beside.helper += "jail-nat";
  return run_helper(kernel, beside, std::move(arguments), what);
}

bool is_made_by_us(const NetworkConfig& config, const std::string& name) {
  return ::access((config.state_dir + "/" + kKind + "/" + name).c_str(), F_OK) == 0;
}

bool jail_lives(Kernel& kernel, const NetworkConfig& config, const std::string& jail) {
  return lives(list_jails(kernel, config.listing.c_str()), jail);
}

Result<InterfaceLease> InterfaceLease::acquire(Kernel& kernel, const NetworkConfig& config,
                                               const std::string& name, const std::string& jail,
                                               const std::vector<std::string>& add,
                                               const std::string& command,
                                               const std::optional<Bridge>& bridge, bool nat) {
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  if (auto room = make_room(kernel, config, *state, name); !room) {
    return std::unexpected(room.error());
  }
  auto file = state->create(
      name, std::string(kOfJail) + jail + (nat ? std::string(kWithNat) : std::string()));
  if (!file) return std::unexpected(file.error());
  Result<void> made;
  if (const auto locked = lock_file(file->get(), LOCK_SH); !locked) {
    made = fail(locked.error(), "state file of interface " + name);
  }
  if (made && bridge) made = make_bridge(kernel, config, *state, *bridge);
  if (made) made = run_helper(kernel, config, add, command);
  if (made) {
    record_index(config, file->get(), name);
    return InterfaceLease(name, jail, nat, *std::move(file));
  }
  static_cast<void>(state->remove(name));
  std::vector<std::string> removed;
  static_cast<void>(remove_bridges(kernel, config, *state, removed));
  return std::unexpected(made.error());
}

Result<std::vector<std::string>> InterfaceLease::release(Kernel& kernel,
                                                         const NetworkConfig& config) {
  std::vector<std::string> removed;
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const UniqueFd file = std::move(file_);
  if (!lock_file(file.get(), LOCK_EX | LOCK_NB)) return removed;
  if (jail_lives(kernel, config, jail_)) return removed;
  const Owner owner{.jail = jail_, .nat = nat_, .index = owner_of(file.get()).index};
  if (!is_another(config, name_, owner)) removed.push_back(name_);
  if (auto gone = remove_link(kernel, config, *state, name_, owner); !gone) {
    return std::unexpected(gone.error());
  }
  if (auto gone = remove_bridges(kernel, config, *state, removed); !gone) {
    return std::unexpected(gone.error());
  }
  return removed;
}

Result<std::vector<OwnedInterface>> interfaces_of(const NetworkConfig& config,
                                                  const std::string& jail) {
  std::vector<OwnedInterface> found;
  if (!StateFolder::exists(config.state_dir, kKind)) return found;
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const auto names = state->names();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    const auto file = state->file(name);
    if (!file) continue;
    if (const Owner owner = owner_of(file->get()); owner.jail == jail) {
      found.push_back({.name = name, .nat = owner.nat});
    }
  }
  return found;
}

Result<std::vector<std::string>> sweep_interfaces(Kernel& kernel, const NetworkConfig& config) {
  std::vector<std::string> removed;
  if (!StateFolder::exists(config.state_dir, kKind)) return removed;  // nothing was ever made
  const auto state = StateFolder::open(config.state_dir, kKind);
  if (!state) return std::unexpected(state.error());
  const auto names = state->names();
  if (!names) return std::unexpected(names.error());
  std::optional<Jails> jails;  // read when the first is looked at
  for (const auto& name : *names) {
    const auto file = state->file(name);
    if (!file || !lock_file(file->get(), LOCK_EX | LOCK_NB)) continue;
    const Owner owner = owner_of(file->get());
    if (owner.bridge) continue;  // below
    if (owner.jail.empty()) {
      static_cast<void>(state->remove(name));  // cut short while it was written
      continue;
    }
    if (!jails) jails = list_jails(kernel, config.listing.c_str());
    if (lives(*jails, owner.jail)) continue;
    if (!is_another(config, name, owner)) removed.push_back(name);
    if (auto gone = remove_link(kernel, config, *state, name, owner); !gone) {
      return std::unexpected(gone.error());
    }
  }
  if (auto gone = remove_bridges(kernel, config, *state, removed); !gone) {
    return std::unexpected(gone.error());
  }
  return removed;
}

}  // namespace libjail::network
