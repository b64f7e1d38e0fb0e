// SPDX-License-Identifier: BSD-2-Clause
// The system calls that need privilege or our kernel, a method each, so that tests replace them
// (testing/fake_kernel.hpp). Failures are errno values; callers add what was tried.
#pragma once

#include <linux/filter.h>
#include <linux/jail.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "jail/unique_fd.hpp"

namespace libjail {

/// The value, or an errno.
template <class T>
using Sys = std::expected<T, int>;

/// The three capability sets of capset(2) as masks.
struct CapabilitySets {
  std::uint64_t effective{};
  std::uint64_t permitted{};
  std::uint64_t inheritable{};
};

/// An IPv4 address of an interface.
struct InterfaceAddress {
  std::string interface;
  std::uint32_t address{};  ///< host byte order

  bool operator==(const InterfaceAddress&) const = default;
};

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  // jail(2) and what belongs to it.
  virtual Sys<int> jail(const jail_args* args, std::size_t size, unsigned int flags) = 0;
  virtual Sys<void> jail_attach(int jail) = 0;
  virtual Sys<UniqueFd> jail_open(std::uint32_t jid) = 0;
  virtual Sys<void> jail_info(int jail, ::jail_info* info) = 0;
  /// Waits until the jail is empty and let go of; false after @p timeout_ms (-1: no limit).
  virtual Sys<bool> jail_wait(int jail, int timeout_ms) = 0;
  /// Kills every process of the jail and waits until it has let go of its root and addresses.
  virtual Sys<void> jail_kill(int jail) = 0;
  /// Signals every process but the caller that it may signal: in a jail, those of the jail.
  virtual Sys<void> signal_all(int signal) = 0;

  // Mounts.
  virtual Sys<void> unshare(int flags) = 0;
  virtual Sys<void> make_mounts_private() = 0;
  virtual Sys<UniqueFd> fsopen(const char* type) = 0;
  virtual Sys<void> fsconfig(int fs, unsigned int command, const char* key, const char* value) = 0;
  virtual Sys<UniqueFd> fsmount(int fs, unsigned int attributes) = 0;
  /// A detached copy of what @p source, an O_PATH descriptor, shows.
  /// @param recursive  with what is mounted below it
  virtual Sys<UniqueFd> clone_mount(int source, bool recursive) = 0;
  /// Adds MOUNT_ATTR_* to those that a detached mount has, and to those below it.
  virtual Sys<void> add_mount_attributes(int mount, std::uint64_t attributes) = 0;
  /// A user namespace that nobody is in, as the table of a mapped mount: with lines
  /// "DISK JAIL COUNT".
  virtual Sys<UniqueFd> make_user_namespace(const std::string& users,
                                            const std::string& groups) = 0;
  /// Lets a detached mount, and those below it, show other IDs.
  virtual Sys<void> map_mount(int mount, int users) = 0;
  virtual Sys<void> move_mount(int mount, int target) = 0;
  /// Whether anything is mounted on @p dir or below it. The answer costs far less than the table
  /// of all mounts.
  virtual Sys<bool> has_mounts(int dir) = 0;
  /// Of what is mounted on @p name, a single component below @p dir.
  virtual Sys<void> unmount(int dir, const char* name) = 0;

  /// Lets later children be in the PID namespace of the process that @p process is a descriptor of.
  virtual Sys<void> enter_pid_namespace(int process) = 0;

  // Files.
  virtual Sys<UniqueFd> openat2(int dir, const char* path, const open_how& how) = 0;
  virtual Sys<struct stat> fstat(int fd) = 0;
  virtual Sys<void> mkdirat(int dir, const char* name, mode_t mode) = 0;
  virtual Sys<void> mknodat(int dir, const char* name, mode_t mode, dev_t device) = 0;
  virtual Sys<void> symlinkat(const char* target, int dir, const char* name) = 0;
  virtual Sys<void> fchdir(int dir) = 0;
  virtual mode_t umask(mode_t mask) = 0;
  virtual Sys<void> close_from(unsigned int first) = 0;

  // Credentials.
  virtual Sys<void> setgroups(std::span<const gid_t> groups) = 0;
  virtual Sys<void> setresgid(gid_t gid) = 0;
  virtual Sys<void> setresuid(uid_t uid) = 0;
  virtual Sys<void> keep_capabilities() = 0;
  virtual Sys<CapabilitySets> capget() = 0;
  virtual Sys<void> capset(const CapabilitySets& sets) = 0;
  /// Lets @p program decide about the system calls of the caller and of what it executes, for ever.
  virtual Sys<void> filter_system_calls(std::span<const sock_filter> program) = 0;

  // Network.
  virtual Sys<std::vector<InterfaceAddress>> interface_addresses() = 0;
  /// A network namespace that nobody is in: it has a loopback device, which is down.
  virtual Sys<UniqueFd> make_net_namespace() = 0;
  virtual Sys<void> enter_net_namespace(int net) = 0;
  /// Runs the program @p argv[0] to its end; its exit status, 128+n where a signal ended it.
  virtual Sys<int> run(const std::vector<std::string>& argv) = 0;
};

}  // namespace libjail
