// SPDX-License-Identifier: BSD-2-Clause
#include "session/filter.hpp"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace session {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;

constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;

/// What the kernel would do with a call, by the few instructions that filters of calls consist of.
std::uint32_t answer(std::uint32_t kind, int call) {
  const auto program = default_filter();
  EXPECT_THAT(program, IsOk());
  const seccomp_data data{.nr = call, .arch = kind, .instruction_pointer = 0, .args = {}};
  std::array<std::uint32_t, sizeof data / sizeof(std::uint32_t)> words{};
  std::memcpy(words.data(), &data, sizeof data);
  std::uint32_t value = 0;
  for (std::size_t at = 0; program && at < program->size(); ++at) {
    const auto& step = program->at(at);
    const auto jump = [&](bool holds) { at += holds ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        value = words.at(step.k / sizeof(std::uint32_t));
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(value == step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(value >= step.k);
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump(value > step.k);
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        ADD_FAILURE() << "instruction " << step.code;
        return 0;
    }
  }
  return 0;
}

#ifdef __x86_64__
constexpr std::uint32_t kNative = AUDIT_ARCH_X86_64;

TEST(Filter, programs_for_older_processors) {
  constexpr int kMount = 21;
  constexpr int kGetpid = 20;
  EXPECT_EQ(answer(AUDIT_ARCH_I386, kMount), kRefused);
  EXPECT_EQ(answer(AUDIT_ARCH_I386, kGetpid), SECCOMP_RET_ALLOW);
  constexpr int kX32 = 0x40000000;
  EXPECT_EQ(answer(kNative, kX32 | SYS_mount), kRefused);
  EXPECT_EQ(answer(kNative, kX32 | SYS_getpid), SECCOMP_RET_ALLOW);
}
#else
constexpr std::uint32_t kNative = AUDIT_ARCH_AARCH64;
#endif

TEST(Filter, refuses_what_no_service_needs) {
  for (const int call :
       {SYS_mount, SYS_umount2, SYS_pivot_root, SYS_open_by_handle_at, SYS_bpf, SYS_kexec_load,
        SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_add_key, SYS_keyctl,
        SYS_mount_setattr, SYS_quotactl_fd, SYS_init_module, SYS_clock_settime, SYS_reboot}) {
    EXPECT_EQ(answer(kNative, call), kRefused) << call;
  }
}

TEST(Filter, lets_all_else_pass) {
  for (const int call : {SYS_read, SYS_openat, SYS_execve, SYS_clone, SYS_setsid, SYS_chroot,
                         SYS_unshare, SYS_ptrace, SYS_clock_adjtime}) {
    EXPECT_EQ(answer(kNative, call), SECCOMP_RET_ALLOW) << call;
  }
  constexpr int kJailAttach = 501;
  EXPECT_EQ(answer(kNative, kJailAttach), SECCOMP_RET_ALLOW);
}

TEST(Filter, is_loaded) {
  libjail::testing::FakeKernel kernel;
  EXPECT_THAT(filter_system_calls(kernel), IsOk());
  EXPECT_TRUE(kernel.called("filter_system_calls"));
}

TEST(Filter, kernel_without_filters) {
  libjail::testing::FakeKernel kernel;
  kernel.fail("filter_system_calls", EINVAL);
  EXPECT_THAT(filter_system_calls(kernel), FailsWith("CONFIG_SECCOMP_FILTER=y"));
  kernel.fail("filter_system_calls", EACCES);
  EXPECT_THAT(filter_system_calls(kernel), IsError(EACCES));
}

}  // namespace
}  // namespace session
