// SPDX-License-Identifier: BSD-2-Clause
// A Kernel without privilege and without jails. It writes down each call, lets any of them fail,
// and hands out real descriptors, so that leaks show. Files are the real ones below the test's own
// folder; a new file system is an empty folder.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jail/kernel.hpp"
#include "jail/linux_kernel.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::testing {

class FakeKernel : public Kernel {
 public:
  /// The arguments of the last jail(2), with copies of what they point to.
  struct JailCall {
    std::uint64_t flags{};
    std::uint64_t ceiling{};
    std::string path;
    std::string name;
    std::string hostname;
    std::vector<std::uint32_t> addresses;  ///< host byte order
    unsigned int call_flags{};
  };

  std::vector<std::string> calls;  ///< e.g. "move_mount proc"
  std::optional<JailCall> jail_call;
  std::vector<InterfaceAddress> addresses;
  std::vector<std::vector<std::string>> runs;  ///< the command lines of run()
  int run_status = 0;
  CapabilitySets capabilities{.effective = ~0ULL, .permitted = ~0ULL, .inheritable = 0};
  int version_error = 0;  ///< of the version probe
  ::jail_info info{};     ///< what jail_info() says
  bool empty = true;      ///< what jail_wait() says
  bool mounts = true;     ///< what has_mounts() says

  /// Lets the call @p name (as it stands in @ref calls) fail with @p code.
  void fail(const std::string& name, int code) { failures_[name] = code; }
  /// Lets the call number @p index fail, counted from 0.
  void fail_at(std::size_t index, int code) { failing_index_ = {index, code}; }

  /// What was put into the file system that was mounted @p index-th.
  [[nodiscard]] const TempDir& mounted(std::size_t index) const { return *mounts_.at(index); }
  [[nodiscard]] bool called(const std::string& name) const;

  Sys<int> jail(const jail_args* args, std::size_t size, unsigned int flags) override;
  Sys<void> jail_attach(int jail) override;
  Sys<UniqueFd> jail_open(std::uint32_t jid) override;
  Sys<void> jail_info(int jail, ::jail_info* answer) override;
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

 private:
  /// Writes the call down. @return the errno it is to fail with, or 0
  int enter(const std::string& name);
  Sys<void> simple(const std::string& name);

  LinuxKernel real_;
  std::map<std::string, int> failures_;
  std::optional<std::pair<std::size_t, int>> failing_index_;
  std::map<int, std::string> labels_;  ///< of descriptors of file systems and mounts
  std::deque<std::unique_ptr<TempDir>> mounts_;
};

}  // namespace libjail::testing
