// SPDX-License-Identifier: BSD-2-Clause
// The Kernel that is really there.
#pragma once

#include "jail/kernel.hpp"

namespace libjail {

class LinuxKernel : public Kernel {
 public:
  Sys<int> jail(const jail_args* args, std::size_t size, unsigned int flags) override;
  Sys<void> jail_attach(int jail) override;
  Sys<UniqueFd> jail_open(std::uint32_t jid) override;
  Sys<void> jail_info(int jail, ::jail_info* info) override;
  Sys<bool> jail_wait(int jail, int timeout_ms) override;
  Sys<void> jail_kill(int jail) override;
  Sys<void> signal_all(int signal) override;
  Sys<void> unshare(int flags) override;
  Sys<void> make_mounts_private() override;
  Sys<UniqueFd> fsopen(const char* type) override;
  Sys<void> fsconfig(int fs, unsigned int command, const char* key, const char* value) override;
  Sys<UniqueFd> fsmount(int fs, unsigned int attributes) override;
  Sys<UniqueFd> clone_mount(int source, bool recursive) override;
  Sys<void> add_mount_attributes(int mount, std::uint64_t attributes) override;
  Sys<UniqueFd> make_user_namespace(const std::string& users, const std::string& groups) override;
  Sys<void> map_mount(int mount, int users) override;
  Sys<void> move_mount(int mount, int target) override;
  Sys<bool> has_mounts(int dir) override;
  Sys<void> unmount(int dir, const char* name) override;
  Sys<void> enter_pid_namespace(int process) override;
  Sys<UniqueFd> openat2(int dir, const char* path, const open_how& how) override;
  Sys<struct stat> fstat(int fd) override;
  Sys<void> mkdirat(int dir, const char* name, mode_t mode) override;
  Sys<void> mknodat(int dir, const char* name, mode_t mode, dev_t device) override;
  Sys<void> symlinkat(const char* target, int dir, const char* name) override;
  Sys<void> fchdir(int dir) override;
  mode_t umask(mode_t mask) override;
  Sys<void> close_from(unsigned int first) override;
  Sys<void> setgroups(std::span<const gid_t> groups) override;
  Sys<void> setresgid(gid_t gid) override;
  Sys<void> setresuid(uid_t uid) override;
  Sys<void> keep_capabilities() override;
  Sys<CapabilitySets> capget() override;
  Sys<void> capset(const CapabilitySets& sets) override;
  Sys<void> filter_system_calls(std::span<const sock_filter> program) override;
  Sys<std::vector<InterfaceAddress>> interface_addresses() override;
  Sys<UniqueFd> make_net_namespace() override;
  Sys<void> enter_net_namespace(int net) override;
  Sys<int> run(const std::vector<std::string>& argv) override;
};

}  // namespace libjail
