// SPDX-License-Identifier: BSD-2-Clause
#include "session/filter.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "jail/unique_fd.hpp"

namespace session {
namespace {

using libjail::Result;
using libjail::UniqueFd;

constexpr auto kRefused = std::to_array<const char*>(
    {// mounts and roots
     "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount", "open_tree",
     "pivot_root", "umount", "umount2",
     // files without a path
     "open_by_handle_at",
     // the kernel itself
     "bpf", "delete_module", "finit_module", "init_module", "kexec_file_load", "kexec_load",
     "perf_event_open", "reboot",
     // what exploits of the kernel are made with
     "io_uring_enter", "io_uring_register", "io_uring_setup", "userfaultfd",
     // keyrings
     "add_key", "keyctl", "request_key",
     // the host's clock, disks and hardware
     "acct", "clock_settime", "clock_settime64", "ioperm", "iopl", "quotactl", "quotactl_fd",
     "settimeofday", "stime", "swapoff", "swapon",
     // what is left of old kernels
     "_sysctl", "lookup_dcookie", "nfsservctl", "sysfs", "uselib", "vm86", "vm86old"});

using Context = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

/// Programs for an older processor run, too.
int add_other_kinds(scmp_filter_ctx filter) {
  switch (::seccomp_arch_native()) {
    case SCMP_ARCH_X86_64:
      if (const int error = ::seccomp_arch_add(filter, SCMP_ARCH_X86); error != 0) return error;
      return ::seccomp_arch_add(filter, SCMP_ARCH_X32);
    case SCMP_ARCH_AARCH64:
      return ::seccomp_arch_add(filter, SCMP_ARCH_ARM);
    default:
      return 0;
  }
}

/// @return an errno, negative, or 0
int fill(scmp_filter_ctx filter) {
  if (const int error = add_other_kinds(filter); error != 0) return error;
  // By a tree and not one after the other.
  if (const int error = ::seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); error != 0) {
    return error;
  }
  for (const char* name : kRefused) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return -ENOSYS;
    if (const int error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0); error != 0) {
      return error;
    }
  }
  return 0;
}

}  // namespace

Result<std::vector<sock_filter>> default_filter() {
  const Context filter(::seccomp_init(SCMP_ACT_ALLOW), ::seccomp_release);
  if (!filter) return libjail::fail(ENOMEM, "make a filter of system calls");
  const UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) return libjail::fail(errno, "make a filter of system calls");
  int error = fill(filter.get());
  if (error == 0) error = ::seccomp_export_bpf(filter.get(), file.get());
  if (error != 0) return libjail::fail(-error, "make a filter of system calls");
  struct stat st {};
  if (::fstat(file.get(), &st) < 0) return libjail::fail(errno, "make a filter of system calls");
  std::vector<sock_filter> program(static_cast<std::size_t>(st.st_size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), program.size() * sizeof(sock_filter), 0) != st.st_size) {
    return libjail::fail(EIO, "make a filter of system calls");
  }
  return program;
}

Result<void> filter_system_calls(libjail::Kernel& kernel) {
  const auto program = default_filter();
  if (!program) return std::unexpected(program.error());
  if (const auto done = kernel.filter_system_calls(*program); !done) {
    return libjail::fail(done.error(), "filter system calls",
                         done.error() == EINVAL || done.error() == ENOSYS
                             ? "boot a kernel with CONFIG_SECCOMP_FILTER=y, or leave seccomp out"
                             : "");
  }
  return {};
}

}  // namespace session
