// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/run.hpp"

#include <csignal>

#include "cli/exit_status.hpp"
#include "cli/messages.hpp"
#include "doctor/doctor.hpp"
#include "jail/apply.hpp"
#include "session/child.hpp"
#include "session/supervisor.hpp"
#include "session/terminal.hpp"
#include "tools/jail/keeper.hpp"
#include "tools/jail/ptmx.hpp"

namespace jail_tool {
namespace {

using libjail::Result;

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

void sweep_init(libjail::Kernel& kernel, const libjail::InitConfig& inits,
                const cli::Messages& messages) {
  const auto swept = libjail::sweep_inits(kernel, inits);
  if (!swept) messages.warning(swept.error().text());
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

/// What jail -c looks at before each start, too.
Result<void> examine(libjail::Kernel& kernel, const libjail::JailSpec& spec) {
  namespace doctor = libjail::doctor;
  if (spec.unsafe()) return {};
  doctor::Subject subject{.name = spec.name(),
                          .root = spec.path(),
                          .owner = libjail::user_on_disk(spec.idmap(), 0),
                          .ceiling = spec.ceiling(),
                          .system_mounts = spec.mounts()};
  if (const auto& address = spec.address(); address) {
    subject.address = address->ip;
    subject.adds_address = address->alias.has_value();
  }
  return doctor::refuse_unsafe(kernel, subject, "accept it with -o allow.unsafe");
}

}  // namespace

libjail::AliasConfig installed_aliases() {
  libjail::AliasConfig config;
  config.helper = JAIL_NET;
  return config;
}

int run(libjail::Kernel& kernel, const Invocation& invocation,
        const libjail::AliasConfig& aliases) {
  const cli::Messages messages("jail", invocation.verbosity);
  if (const auto checked = libjail::check_caller(kernel, "make a jail"); !checked) {
    messages.error(checked.error().text());
    return cli::kSetupFailed;
  }
  if (const auto safe = examine(kernel, invocation.spec); !safe) {
    messages.error(safe.error().text());
    return cli::kSetupFailed;
  }
  // From here on a signal must not end us between adding an address and taking it away.
  sigset_t mask;
  const sigset_t blocked = session::supervised_signals();
  ::sigprocmask(SIG_BLOCK, &blocked, &mask);

  sweep(kernel, aliases, messages);
  const libjail::InitConfig inits{.state_dir = aliases.state_dir, .listing = aliases.listing};
  sweep_init(kernel, inits, messages);
  auto lease = lease_address(kernel, invocation.spec, aliases, messages);
  if (!lease) {
    messages.error(lease.error().text());
    return cli::kSetupFailed;
  }
  session::Job job{.messages = messages,
                   .command = invocation.command,
                   .enter =
                       [&](unsigned int first_closed, const libjail::StepLog& log) {
                         return libjail::apply(kernel, invocation.spec, invocation.user,
                                               first_closed, log);
                       },
                   .has_ptmx = [&] { return jail_has_ptmx(invocation.spec); }};
  if (invocation.spec.pid()) {
    job.pid_namespace = libjail::PidNamespace::fresh(kernel);
    job.entered = [&](int jail, pid_t init) {
      const auto known = libjail::remember_init(kernel, inits, jail, init);
      if (!known) messages.warning("jexec(8) will not enter: " + known.error().text());
    };
  }
  const auto caller = session::inspect_terminal();
  if (!*lease && job.pid_namespace.is_callers() && session::can_run_in_place(caller)) {
    return session::run_in_place(job, mask);
  }
  auto outcome = session::supervise(job, mask, caller);
  finish(kernel, std::move(outcome.jail), aliases, *std::move(lease), messages);
  sweep_init(kernel, inits, messages);
  return outcome.status;
}

}  // namespace jail_tool
