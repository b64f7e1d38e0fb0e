// SPDX-License-Identifier: BSD-2-Clause
#include "jail/alias.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "jail/listing.hpp"

namespace libjail {
namespace {

constexpr const char* kSubdirectory = "addresses";

/// The folder of the state files, locked as a whole while one of them is made or taken away.
struct State {
  UniqueFd directory;
  UniqueFd lock;
};

Sys<UniqueFd> open_at(int dir, const char* name, int flags, mode_t mode = 0) {
  const int fd = ::openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
}

Sys<void> lock_file(int fd, int operation) {
  while (::flock(fd, operation) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  return {};
}

Result<State> open_state(const AliasConfig& config) {
  const std::string what = "state folder " + config.state_dir;
  if (::mkdir(config.state_dir.c_str(), 0755) < 0 && errno != EEXIST) return fail(errno, what);
  const auto base = open_at(AT_FDCWD, config.state_dir.c_str(), O_RDONLY | O_DIRECTORY);
  if (!base) return fail(base.error(), what);
  if (::mkdirat(base->get(), kSubdirectory, 0700) < 0 && errno != EEXIST) return fail(errno, what);
  auto directory = open_at(base->get(), kSubdirectory, O_RDONLY | O_DIRECTORY);
  if (!directory) return fail(directory.error(), what);
  auto lock = open_at(base->get(), "lock", O_RDWR | O_CREAT, 0600);
  if (!lock) return fail(lock.error(), what + "/lock");
  if (const auto locked = lock_file(lock->get(), LOCK_EX); !locked) {
    return fail(locked.error(), what + "/lock");
  }
  return State{.directory = std::move(*directory), .lock = std::move(*lock)};
}

Result<void> run_helper(Kernel& kernel, const AliasConfig& config, const char* verb,
                        const Alias& alias) {
  const auto status = kernel.run({config.helper, verb, alias.interface, format_prefixed(alias)});
  const std::string what = ip_command(verb, alias);
  if (!status) return fail(status.error(), what + ": " + config.helper);
  if (*status != 0) return fail(0, what + " failed");  // the helper has said why
  return {};
}

/// What the file of an address holds: the operand that made it.
std::string serialize(const Alias& alias) {
  return alias.interface + "|" + format_prefixed(alias) + "\n";
}

std::optional<Alias> read_state(int file) {
  std::array<char, 128> buffer{};
  const ssize_t got = ::pread(file, buffer.data(), buffer.size(), 0);
  if (got <= 1) return {};
  const auto operand =
      parse_address(std::string_view(buffer.data(), static_cast<std::size_t>(got) - 1));
  if (!operand) return {};
  const auto& address = *operand;
  return address ? address->alias : std::nullopt;
}

Result<UniqueFd> create_state(const State& state, const Alias& alias) {
  const std::string name = format_ip(alias.ip);
  auto file = open_at(state.directory.get(), name.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (!file) return fail(file.error(), "state file of address " + name);
  const std::string text = serialize(alias);
  const ssize_t written = ::write(file->get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    const int error = written < 0 ? errno : ENOSPC;
    ::unlinkat(state.directory.get(), name.c_str(), 0);
    return fail(error, "state file of address " + name);
  }
  return std::move(*file);
}

/// The interface that has the address, or an empty name.
Result<std::string> interface_of(Kernel& kernel, std::uint32_t ip) {
  const auto all = kernel.interface_addresses();
  if (!all) return fail(all.error(), "list the addresses of the interfaces");
  const auto found = std::ranges::find(*all, ip, &InterfaceAddress::address);
  return found == all->end() ? std::string() : found->interface;
}

/// With the folder locked and the file's lock exclusive: nobody uses the address.
Result<void> take_away(Kernel& kernel, const AliasConfig& config, const State& state,
                       const Alias& alias) {
  if (auto removed = run_helper(kernel, config, "del", alias); !removed) return removed;
  const std::string name = format_ip(alias.ip);
  if (::unlinkat(state.directory.get(), name.c_str(), 0) < 0) {
    return fail(errno, "state file of address " + name);
  }
  return {};
}

/// Whether a jail outlived the process that made its address.
bool in_use(const Result<std::vector<ListedJail>>& jails, const Alias& alias) {
  if (!jails) return jails.error().code != ENOENT;  // when in doubt, leave it
  return std::ranges::count(*jails, format_ip(alias.ip), &ListedJail::address) > 0;
}

}  // namespace

Result<std::optional<AliasLease>> AliasLease::acquire(Kernel& kernel, const AliasConfig& config,
                                                      const Alias& alias) {
  const auto state = open_state(config);
  if (!state) return std::unexpected(state.error());
  const std::string name = format_ip(alias.ip);
  const auto present = interface_of(kernel, alias.ip);
  if (!present) return std::unexpected(present.error());
  if (!present->empty() && *present != alias.interface) {
    return fail(0, "address " + name + " is on " + *present + ", not on " + alias.interface,
                "name that interface, or take the address away from it");
  }

  auto ours = open_at(state->directory.get(), name.c_str(), O_RDWR);
  if (!present->empty() && !ours) return std::nullopt;
  auto file = ours ? std::move(*ours) : UniqueFd();
  if (present->empty()) {
    auto created = create_state(*state, alias);
    if (!created) return std::unexpected(created.error());
    file = std::move(*created);
    if (const auto added = run_helper(kernel, config, "add", alias); !added) {
      ::unlinkat(state->directory.get(), name.c_str(), 0);
      return std::unexpected(added.error());
    }
  }
  if (const auto locked = lock_file(file.get(), LOCK_SH); !locked) {
    return fail(locked.error(), "state file of address " + name);
  }
  auto made = read_state(file.get()).value_or(alias);  // the prefix may be another than ours
  return AliasLease(std::move(made), std::move(file));
}

Result<bool> AliasLease::release(Kernel& kernel, const AliasConfig& config) {
  const auto state = open_state(config);
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

Result<std::vector<Alias>> sweep_aliases(Kernel& kernel, const AliasConfig& config) {
  std::vector<Alias> swept;
  const std::string folder = config.state_dir + "/" + kSubdirectory;
  if (::access(folder.c_str(), F_OK) < 0) return swept;  // nothing was ever added
  const auto state = open_state(config);
  if (!state) return std::unexpected(state.error());

  const int copy = ::openat(state->directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!dir) return fail(errno, "state folder " + folder);
  std::optional<Result<std::vector<ListedJail>>> jails;  // read when the first is looked at
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    const auto file = open_at(state->directory.get(), entry->d_name, O_RDWR);
    if (!file || !lock_file(file->get(), LOCK_EX | LOCK_NB)) continue;
    const auto alias = read_state(file->get());
    if (!alias || format_ip(alias->ip) != entry->d_name) {
      ::unlinkat(state->directory.get(), entry->d_name, 0);  // cut short while it was written
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
