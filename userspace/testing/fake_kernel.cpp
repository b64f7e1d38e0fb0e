// SPDX-License-Identifier: BSD-2-Clause
#include "testing/fake_kernel.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace libjail::testing {
namespace {

template <class T>
const T* as_pointer(std::uint64_t value) {
  return reinterpret_cast<const T*>(static_cast<std::uintptr_t>(value));
}

std::string as_text(std::uint64_t value) {
  return value == 0 ? std::string() : as_pointer<char>(value);
}

FakeKernel::JailCall copy_of(const jail_args& args, unsigned int flags) {
  FakeKernel::JailCall call{.flags = args.flags,
                            .ceiling = args.cap_ceiling,
                            .path = as_text(args.path),
                            .name = as_text(args.name),
                            .hostname = as_text(args.hostname),
                            .addresses = {},
                            .call_flags = flags};
  for (std::uint32_t i = 0; i < args.naddrs; ++i) {
    std::uint32_t ip = 0;
    std::memcpy(&ip, as_pointer<jail_addr>(args.addrs)[i].addr, sizeof ip);
    call.addresses.push_back(ntohl(ip));
  }
  return call;
}

}  // namespace

bool FakeKernel::called(const std::string& name) const {
  return std::ranges::find(calls, name) != calls.end();
}

int FakeKernel::enter(const std::string& name) {
  const std::size_t index = calls.size();
  calls.push_back(name);
  if (failing_index_ && failing_index_->first == index) return failing_index_->second;
  const auto failure = failures_.find(name);
  return failure == failures_.end() ? 0 : failure->second;
}

Sys<void> FakeKernel::simple(const std::string& name) {
  if (const int error = enter(name); error != 0) return std::unexpected(error);
  return {};
}

Sys<int> FakeKernel::jail(const jail_args* args, std::size_t, unsigned int flags) {
  if ((flags & JAIL_GET_VERSION) != 0) {
    if (version_error != 0) return std::unexpected(version_error);
    return JAIL_ABI_VERSION;
  }
  if (const int error = enter("jail"); error != 0) return std::unexpected(error);
  jail_call = copy_of(*args, flags);
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Sys<void> FakeKernel::jail_attach(int) { return simple("jail_attach"); }

Sys<UniqueFd> FakeKernel::jail_open(std::uint32_t jid) {
  if (const int error = enter("jail_open " + std::to_string(jid)); error != 0) {
    return std::unexpected(error);
  }
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

Sys<void> FakeKernel::jail_info(int, ::jail_info* answer) {
  *answer = info;
  return simple("jail_info");
}

Sys<bool> FakeKernel::jail_wait(int, int) {
  if (const int error = enter("jail_wait"); error != 0) return std::unexpected(error);
  return empty;
}

Sys<void> FakeKernel::jail_kill(int) { return simple("jail_kill"); }

Sys<void> FakeKernel::signal_all(int signal) {
  return simple("signal_all " + std::to_string(signal));
}

Sys<void> FakeKernel::unshare(int) { return simple("unshare"); }

Sys<void> FakeKernel::make_mounts_private() { return simple("make_mounts_private"); }

Sys<UniqueFd> FakeKernel::fsopen(const char* type) {
  if (const int error = enter(std::string("fsopen ") + type); error != 0) {
    return std::unexpected(error);
  }
  UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  labels_[fd.get()] = type;
  return fd;
}

Sys<void> FakeKernel::fsconfig(int fs, unsigned int, const char* key, const char* value) {
  const std::string option = key == nullptr     ? "create"
                             : value == nullptr ? key
                                                : std::string(key) + "=" + value;
  return simple("fsconfig " + labels_[fs] + " " + option);
}

Sys<UniqueFd> FakeKernel::fsmount(int fs, unsigned int) {
  const std::string label = labels_[fs];
  if (const int error = enter("fsmount " + label); error != 0) return std::unexpected(error);
  mounts_.push_back(std::make_unique<TempDir>());
  UniqueFd fd(::open(mounts_.back()->path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  labels_[fd.get()] = label;
  return fd;
}

Sys<UniqueFd> FakeKernel::clone_mount(int source, bool recursive) {
  if (const int error = enter(recursive ? "clone_mount all" : "clone_mount"); error != 0) {
    return std::unexpected(error);
  }
  UniqueFd fd(::fcntl(source, F_DUPFD_CLOEXEC, 0));
  labels_[fd.get()] = "clone";
  return fd;
}

Sys<bool> FakeKernel::has_mounts(int) {
  if (const int error = enter("has_mounts"); error != 0) return std::unexpected(error);
  return mounts;
}

Sys<void> FakeKernel::add_mount_attributes(int mount, std::uint64_t attributes) {
  return simple("add_mount_attributes " + labels_[mount] + " " + std::to_string(attributes));
}

Sys<UniqueFd> FakeKernel::make_user_namespace(const std::string& users, const std::string& groups) {
  std::string name = "make_user_namespace " + users + groups;
  std::ranges::replace(name, '\n', ';');
  if (const int error = enter(name); error != 0) return std::unexpected(error);
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

Sys<void> FakeKernel::map_mount(int mount, int) { return simple("map_mount " + labels_[mount]); }

Sys<void> FakeKernel::enter_pid_namespace(int) { return simple("enter_pid_namespace"); }

Sys<void> FakeKernel::move_mount(int mount, int) { return simple("move_mount " + labels_[mount]); }

Sys<void> FakeKernel::unmount(int, const char* name) {
  return simple(std::string("unmount ") + name);
}

Sys<UniqueFd> FakeKernel::openat2(int dir, const char* path, const open_how& how) {
  if (const int error = enter(std::string("openat2 ") + path); error != 0) {
    return std::unexpected(error);
  }
  return real_.openat2(dir, path, how);
}

Sys<struct stat> FakeKernel::fstat(int fd) { return real_.fstat(fd); }

Sys<void> FakeKernel::mkdirat(int dir, const char* name, mode_t mode) {
  if (auto done = simple(std::string("mkdirat ") + name); !done) return done;
  return real_.mkdirat(dir, name, mode);
}

Sys<void> FakeKernel::mknodat(int dir, const char* name, mode_t, dev_t device) {
  if (auto done = simple(std::string("mknodat ") + name); !done) return done;
  const std::string number = std::to_string(major(device)) + ":" + std::to_string(minor(device));
  return real_.symlinkat(number.c_str(), dir, name);  // a real node needs root
}

Sys<void> FakeKernel::symlinkat(const char* target, int dir, const char* name) {
  if (auto done = simple(std::string("symlinkat ") + name); !done) return done;
  return real_.symlinkat(target, dir, name);
}

Sys<void> FakeKernel::fchdir(int) { return simple("fchdir"); }

mode_t FakeKernel::umask(mode_t mask) { return real_.umask(mask); }

Sys<void> FakeKernel::close_from(unsigned int first) {
  return simple("close_from " + std::to_string(first));
}

Sys<void> FakeKernel::setgroups(std::span<const gid_t> groups) {
  std::string name = "setgroups";
  for (const gid_t gid : groups) name += " " + std::to_string(gid);
  return simple(name);
}

Sys<void> FakeKernel::setresgid(gid_t gid) { return simple("setresgid " + std::to_string(gid)); }

Sys<void> FakeKernel::setresuid(uid_t uid) { return simple("setresuid " + std::to_string(uid)); }

Sys<void> FakeKernel::keep_capabilities() { return simple("keep_capabilities"); }

Sys<CapabilitySets> FakeKernel::capget() {
  if (const int error = enter("capget"); error != 0) return std::unexpected(error);
  return capabilities;
}

Sys<void> FakeKernel::capset(const CapabilitySets& sets) {
  return simple(sets.effective == 0 && sets.permitted == 0 ? "capset none" : "capset");
}

Sys<void> FakeKernel::filter_system_calls(std::span<const sock_filter>) {
  return simple("filter_system_calls");
}

Sys<std::vector<InterfaceAddress>> FakeKernel::interface_addresses() {
  if (const int error = enter("interface_addresses"); error != 0) return std::unexpected(error);
  return addresses;
}

Sys<UniqueFd> FakeKernel::make_net_namespace() {
  if (const int error = enter("make_net_namespace"); error != 0) return std::unexpected(error);
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

Sys<void> FakeKernel::enter_net_namespace(int) { return simple("enter_net_namespace"); }

Sys<int> FakeKernel::run(const std::vector<std::string>& argv) {
  const std::string name = "run " + argv.at(1) + (argv.size() > 2 ? " " + argv[2] : "");
  if (const int error = enter(name); error != 0) return std::unexpected(error);
  runs.push_back(argv);
  return run_status;
}

}  // namespace libjail::testing
