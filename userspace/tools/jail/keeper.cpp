// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/keeper.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace jail_tool {
namespace {

constexpr int kEnd = 2000;  // milliseconds for the last process to be gone after it was reaped

/// Whether no process is left in the jail.
bool is_over(libjail::Kernel& kernel, int jail) {
  jail_info info{};
  if (!kernel.jail_info(jail, &info)) return false;
  if (info.nr_processes > 0) return false;
  for (;;) {
    const auto empty = kernel.jail_wait(jail, kEnd);
    if (empty || empty.error() != EINTR) return empty.value_or(false);
  }
}

void release(libjail::Kernel& kernel, const libjail::AliasConfig& aliases,
             libjail::AliasLease& lease, const cli::Messages& messages) {
  const auto released = lease.release(kernel, aliases);
  if (!released) {
    messages.error(released.error().text());
  } else if (*released) {
    messages.step(libjail::ip_command("del", lease.alias()));
  }
}

/// Closes what lies above the standard descriptors, but for two.
void close_all_but(int one, int other) {
  const auto low = static_cast<unsigned int>(std::min(one, other));
  const auto high = static_cast<unsigned int>(std::max(one, other));
  if (low > 3) ::close_range(3, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0U, 0);
}

/// In a process of its own, without any tie to the caller's session or files.
[[noreturn]] void keep(libjail::Kernel& kernel, libjail::UniqueFd jail,
                       const libjail::AliasConfig& aliases, libjail::AliasLease& lease) {
  ::prctl(PR_SET_NAME, "jail-keeper");
  ::setsid();
  if (::chdir("/") < 0) ::_exit(1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; null >= 0 && fd < 3; ++fd) ::dup2(null, fd);
  close_all_but(jail.get(), lease.descriptor());
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (;;) {
    const auto empty = kernel.jail_wait(jail.get(), -1);
    if (empty ? *empty : empty.error() != EINTR) break;
  }
  jail.reset();  // as long as it is open, the jail is there
  const auto released = lease.release(kernel, aliases);
  ::_exit(released ? 0 : 1);  // what failed is left to the next sweep
}

}  // namespace

void finish(libjail::Kernel& kernel, libjail::UniqueFd jail, const libjail::AliasConfig& aliases,
            std::optional<libjail::AliasLease> lease, const cli::Messages& messages) {
  const bool over = !jail || is_over(kernel, jail.get());
  if (!lease) return;
  if (over) {
    jail.reset();  // the last descriptor: now the kernel lets go of the root and the address
    release(kernel, aliases, *lease, messages);
    return;
  }
  const pid_t keeper = ::fork();
  if (keeper == 0) keep(kernel, std::move(jail), aliases, *lease);
  if (keeper < 0) {
    messages.warning("the address stays until the next jail(8) runs: " + libjail::reason(errno));
  } else {
    messages.step("the jail lives on; process " + std::to_string(keeper) +
                  " takes the address away when it ends");
  }
}

}  // namespace jail_tool
