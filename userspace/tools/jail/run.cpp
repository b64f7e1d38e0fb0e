// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/run.hpp"

#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "cli/exit_status.hpp"
#include "cli/messages.hpp"
#include "jail/apply.hpp"
#include "tools/jail/child.hpp"
#include "tools/jail/supervisor.hpp"
#include "tools/jail/terminal.hpp"

namespace jail_tool {
namespace {

using libjail::Result;

/// What can be known before anything is changed.
Result<void> check(libjail::Kernel& kernel) {
  if (const auto version = libjail::probe(kernel); !version) {
    return std::unexpected(version.error());
  }
  const auto sets = kernel.capget();
  if (!sets) return libjail::fail(sets.error(), "read the capabilities");
  if ((sets->effective >> CAP_SYS_ADMIN & 1) == 0) {
    return libjail::fail(EPERM, "make a jail", "run as root, outside of any jail");
  }
  return {};
}

void sweep(libjail::Kernel& kernel, const libjail::AliasConfig& aliases,
           const cli::Messages& messages) {
  const auto swept = libjail::sweep_aliases(kernel, aliases);
  if (!swept) {
    messages.warning(swept.error().text());
    return;
  }
  for (const auto& alias : *swept) {
    messages.step("swept: " + libjail::ip_command("del", alias));
  }
}

Result<std::optional<libjail::AliasLease>> lease_address(libjail::Kernel& kernel,
                                                         const libjail::JailSpec& spec,
                                                         const libjail::AliasConfig& aliases,
                                                         const cli::Messages& messages) {
  const auto& address = spec.address();
  if (!address || !address->alias) return std::nullopt;
  const auto& alias = *address->alias;
  auto lease = libjail::AliasLease::acquire(kernel, aliases, alias);
  if (lease && *lease) {
    messages.step(libjail::ip_command("add", alias));
  } else if (lease) {
    messages.step("address " + libjail::format_ip(alias.ip) + " was there before and stays");
  }
  return lease;
}

}  // namespace

libjail::AliasConfig installed_aliases() {
  libjail::AliasConfig config;
  config.helper = JAIL_ADDR;
  return config;
}

int run(libjail::Kernel& kernel, const Invocation& invocation,
        const libjail::AliasConfig& aliases) {
  const cli::Messages messages("jail", invocation.verbosity);
  if (const auto checked = check(kernel); !checked) {
    messages.error(checked.error().text());
    return cli::kSetupFailed;
  }
  // From here on a signal must not end us between adding an address and taking it away.
  sigset_t mask;
  const sigset_t blocked = supervised_signals();
  ::sigprocmask(SIG_BLOCK, &blocked, &mask);

  sweep(kernel, aliases, messages);
  auto lease = lease_address(kernel, invocation.spec, aliases, messages);
  if (!lease) {
    messages.error(lease.error().text());
    return cli::kSetupFailed;
  }
  const auto caller = inspect_terminal();
  // The leader of a process group cannot start the jail's session.
  const bool in_place = !*lease && !caller.any() && ::getpgrp() != ::getpid();
  return in_place ? run_in_place(kernel, invocation, mask)
                  : supervise(kernel, invocation, mask, caller, aliases, *std::move(lease));
}

}  // namespace jail_tool
