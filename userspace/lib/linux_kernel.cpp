// SPDX-License-Identifier: BSD-2-Clause
#include "jail/linux_kernel.hpp"

#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "jail/libjail.h"
#include "lib/text.hpp"

#ifndef SYS_listmount  // of Linux 6.8, the same on every architecture we support
#define SYS_listmount 458
#endif

namespace libjail {
namespace {

Sys<void> done(long result) {
  if (result < 0) return std::unexpected(errno);
  return {};
}

Sys<UniqueFd> descriptor(long result) {
  if (result < 0) return std::unexpected(errno);
  return UniqueFd(static_cast<int>(result));
}

/// Another end of a process that waits to be killed, and is then.
class Waiting {
 public:
  explicit Waiting(pid_t pid) : pid_(pid) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

 private:
  pid_t pid_;
};

/// What the process that makes a namespace tells.
struct Report {
  int error = 0;
  pid_t pid = 0;  ///< its number in /proc, which another PID namespace than ours may have mounted
};

/// A process of its own makes it: one that cannot come back from there must not be the caller's.
/// @param fill  called with the process's folder in /proc. @return an errno, or 0
Sys<UniqueFd> make_namespace(int flag, const char* file,
                             const std::function<int(const std::string&)>& fill) {
  int pipe[2] = {-1, -1};
  if (::pipe2(pipe, O_CLOEXEC) < 0) return std::unexpected(errno);
  const UniqueFd reader(pipe[0]);
  UniqueFd writer(pipe[1]);
  const pid_t caller = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(errno);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != caller) ::_exit(1);
    std::array<char, 16> self{};
    Report report{.error = ::unshare(flag) < 0 ? errno : 0};
    const ssize_t length = ::readlink("/proc/self", self.data(), self.size());
    if (length > 0) {
      const std::string_view number(self.data(), static_cast<std::size_t>(length));
      report.pid = parse_number<pid_t>(number).value_or(0);
    }
    if (::write(writer.get(), &report, sizeof report) < 0) ::_exit(1);
    for (;;) ::pause();  // until it is killed
  }
  const Waiting child(pid);
  writer.reset();
  Report report{.error = ESRCH};
  ssize_t got = -1;
  do {
    got = ::read(reader.get(), &report, sizeof report);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof report) return std::unexpected(ESRCH);
  if (report.error != 0) return std::unexpected(report.error);
  const std::string folder = "/proc/" + std::to_string(report.pid) + "/";
  if (const int error = fill(folder); error != 0) return std::unexpected(error);
  return descriptor(::open((folder + file).c_str(), O_RDONLY | O_CLOEXEC));
}

/// @return an errno, or 0
int write_file(const std::string& path, const std::string& text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return errno;
  return 0;
}

}  // namespace

Sys<int> LinuxKernel::jail(const jail_args* args, std::size_t size, unsigned int flags) {
  const int result = ::jail(args, size, flags);
  if (result < 0) return std::unexpected(errno);
  return result;
}

Sys<void> LinuxKernel::jail_attach(int jail) { return done(::jail_attach(jail, 0)); }

Sys<UniqueFd> LinuxKernel::jail_open(std::uint32_t jid) { return descriptor(::jail_open(jid, 0)); }

Sys<void> LinuxKernel::jail_info(int jail, ::jail_info* info) {
  return done(::ioctl(jail, JAIL_IOC_INFO, info));
}

Sys<bool> LinuxKernel::jail_wait(int jail, int timeout_ms) {
  pollfd poll{.fd = jail, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&poll, 1, timeout_ms);
  if (ready < 0) return std::unexpected(errno);
  if (ready > 0 && (poll.revents & (POLLNVAL | POLLERR)) != 0) return std::unexpected(EBADF);
  return ready > 0;
}

Sys<void> LinuxKernel::jail_kill(int jail) {
  // A signal does not stop what has begun.
  while (::ioctl(jail, JAIL_IOC_KILL, 0) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  return {};
}

Sys<void> LinuxKernel::signal_all(int signal) {
  if (::kill(-1, signal) < 0 && errno != ESRCH) return std::unexpected(errno);
  return {};
}

Sys<void> LinuxKernel::unshare(int flags) { return done(::unshare(flags)); }

Sys<void> LinuxKernel::make_mounts_private() {
  return done(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
}

Sys<UniqueFd> LinuxKernel::fsopen(const char* type) {
  return descriptor(::fsopen(type, FSOPEN_CLOEXEC));
}

Sys<void> LinuxKernel::fsconfig(int fs, unsigned int command, const char* key, const char* value) {
  return done(::fsconfig(fs, command, key, value, 0));
}

Sys<UniqueFd> LinuxKernel::fsmount(int fs, unsigned int attributes) {
  return descriptor(::fsmount(fs, FSMOUNT_CLOEXEC, attributes));
}

Sys<UniqueFd> LinuxKernel::clone_mount(int source, bool recursive) {
  const unsigned int all = recursive ? AT_RECURSIVE : 0;
  return descriptor(
      ::open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | all));
}

Sys<void> LinuxKernel::add_mount_attributes(int mount, std::uint64_t attributes) {
  mount_attr wanted{};
  wanted.attr_set = attributes;
  return done(::mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted));
}

Sys<UniqueFd> LinuxKernel::make_user_namespace(const std::string& users,
                                               const std::string& groups) {
  return make_namespace(CLONE_NEWUSER, "ns/user", [&](const std::string& folder) {
    const int error = write_file(folder + "uid_map", users);
    return error != 0 ? error : write_file(folder + "gid_map", groups);
  });
}

Sys<void> LinuxKernel::map_mount(int mount, int users) {
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_IDMAP;
  wanted.userns_fd = static_cast<std::uint64_t>(users);
  return done(::mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted));
}

Sys<void> LinuxKernel::enter_pid_namespace(int process) {
  return done(::setns(process, CLONE_NEWPID));
}

Sys<void> LinuxKernel::move_mount(int mount, int target) {
  return done(
      ::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

Sys<bool> LinuxKernel::has_mounts(int dir) {
  struct Request {  // mnt_id_req of Linux 6.8
    std::uint32_t size;
    std::uint32_t spare;
    std::uint64_t mount;
    std::uint64_t after;
  };
  constexpr Request kBelowRoot{.size = sizeof(Request), .spare = 0, .mount = ~0ULL, .after = 0};
  // What lies below a directory is only told to those whose root it is. So it is ours for this
  // moment, which a program with threads would have to arrange otherwise.
  const UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd here(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root || !here || ::fchdir(dir) < 0) return std::unexpected(errno);
  std::uint64_t first = 0;
  long found = -1;
  int error = 0;
  if (::chroot(".") == 0) {
    found = ::syscall(SYS_listmount, &kBelowRoot, &first, 1UL, 0U);
    error = found < 0 ? errno : 0;
    // A process that is stuck there must not go on.
    if (::fchdir(root.get()) < 0 || ::chroot(".") < 0) std::abort();
  } else {
    error = errno;
  }
  if (::fchdir(here.get()) < 0) return std::unexpected(errno);
  if (error != 0) return std::unexpected(error);
  return found > 0;
}

Sys<void> LinuxKernel::unmount(int dir, const char* name) {
  // umount2(2) takes no descriptor.
  const std::string path = "/proc/self/fd/" + std::to_string(dir) + "/" + name;
  return done(::umount2(path.c_str(), UMOUNT_NOFOLLOW));
}

Sys<UniqueFd> LinuxKernel::openat2(int dir, const char* path, const open_how& how) {
  // A rename anywhere on the machine can end a scoped walk with EAGAIN; that passes.
  constexpr int kTries = 64;
  long fd = -1;
  for (int i = 0; i < kTries; ++i) {
    fd = ::syscall(SYS_openat2, dir, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return descriptor(fd);
}

Sys<struct stat> LinuxKernel::fstat(int fd) {
  struct stat st {};
  if (::fstat(fd, &st) < 0) return std::unexpected(errno);
  return st;
}

Sys<void> LinuxKernel::mkdirat(int dir, const char* name, mode_t mode) {
  return done(::mkdirat(dir, name, mode));
}

Sys<void> LinuxKernel::mknodat(int dir, const char* name, mode_t mode, dev_t device) {
  return done(::mknodat(dir, name, mode, device));
}

Sys<void> LinuxKernel::symlinkat(const char* target, int dir, const char* name) {
  return done(::symlinkat(target, dir, name));
}

Sys<void> LinuxKernel::fchdir(int dir) { return done(::fchdir(dir)); }

mode_t LinuxKernel::umask(mode_t mask) { return ::umask(mask); }

Sys<void> LinuxKernel::close_from(unsigned int first) {
  return done(::close_range(first, ~0U, CLOSE_RANGE_UNSHARE));
}

Sys<void> LinuxKernel::setgroups(std::span<const gid_t> groups) {
  return done(::setgroups(groups.size(), groups.data()));
}

Sys<void> LinuxKernel::setresgid(gid_t gid) { return done(::setresgid(gid, gid, gid)); }

Sys<void> LinuxKernel::setresuid(uid_t uid) { return done(::setresuid(uid, uid, uid)); }

Sys<void> LinuxKernel::keep_capabilities() { return done(::prctl(PR_SET_KEEPCAPS, 1L)); }

Sys<CapabilitySets> LinuxKernel::capget() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) < 0) return std::unexpected(errno);
  const auto join = [](std::uint32_t low, std::uint32_t high) {
    return std::uint64_t{high} << 32 | low;
  };
  return CapabilitySets{.effective = join(data[0].effective, data[1].effective),
                        .permitted = join(data[0].permitted, data[1].permitted),
                        .inheritable = join(data[0].inheritable, data[1].inheritable)};
}

Sys<void> LinuxKernel::capset(const CapabilitySets& sets) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  constexpr auto low = [](std::uint64_t mask) { return static_cast<std::uint32_t>(mask); };
  constexpr auto high = [](std::uint64_t mask) { return static_cast<std::uint32_t>(mask >> 32); };
  data[0] = {low(sets.effective), low(sets.permitted), low(sets.inheritable)};
  data[1] = {high(sets.effective), high(sets.permitted), high(sets.inheritable)};
  return done(::syscall(SYS_capset, &header, data.data()));
}

Sys<void> LinuxKernel::filter_system_calls(std::span<const sock_filter> program) {
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = const_cast<sock_filter*>(program.data())};
  return done(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
}

Sys<std::vector<InterfaceAddress>> LinuxKernel::interface_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) < 0) return std::unexpected(errno);
  std::vector<InterfaceAddress> result;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in address{};
    __builtin_memcpy(&address, entry->ifa_addr, sizeof address);
    // A label such as "eth0:web" names the interface before its colon.
    std::string interface = entry->ifa_name;
    if (const auto colon = interface.find(':'); colon != std::string::npos) interface.resize(colon);
    result.push_back({std::move(interface), ntohl(address.sin_addr.s_addr)});
  }
  ::freeifaddrs(list);
  return result;
}

Sys<UniqueFd> LinuxKernel::make_net_namespace() {
  return make_namespace(CLONE_NEWNET, "ns/net", [](const std::string&) { return 0; });
}

Sys<void> LinuxKernel::enter_net_namespace(int net) { return done(::setns(net, CLONE_NEWNET)); }

Sys<int> LinuxKernel::run(const std::vector<std::string>& argv) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  char* const environment[] = {nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments.data(),
                                  static_cast<char* const*>(environment));
  if (error != 0) return std::unexpected(error);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace libjail
