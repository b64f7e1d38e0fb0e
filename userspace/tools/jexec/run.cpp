// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jexec/run.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "cli/exit_status.hpp"
#include "jail/attach.hpp"
#include "jail/conf/config.hpp"
#include "jail/conf/load.hpp"
#include "jail/conf/resolve.hpp"
#include "jail/pid_namespace.hpp"
#include "lifecycle/record.hpp"
#include "limits/control_group.hpp"
#include "session/channel.hpp"
#include "session/child.hpp"
#include "session/filter.hpp"
#include "session/root.hpp"
#include "session/supervisor.hpp"
#include "session/terminal.hpp"

namespace jexec_tool {
namespace {

namespace conf = libjail::conf;
namespace lifecycle = libjail::lifecycle;
using libjail::Error;
using libjail::Result;
using libjail::UniqueFd;
using libjail::User;
using Source = libjail::UserRequest::Source;

/// What is found out before anything is entered for good.
struct Target {
  UniqueFd jail;
  libjail::PidNamespace pid_namespace;
  UniqueFd root;  ///< where it was needed
  std::optional<User> user;
};

/// What is said of a jail that is not there, which may be one of the configuration.
Error explain_absence(libjail::Kernel& kernel, Error error, const std::string& name) {
  if (error.what.ends_with(" is dying")) return error;
  const auto path = conf::find_file(kernel, "/etc", name);
  const auto document =
      path ? conf::load(kernel, *path) : Result<conf::Document>(std::unexpected(path.error()));
  if (!document) return error;
  const auto jails = conf::resolve(*document);
  if (!jails || std::ranges::find(*jails, name, &conf::JailSettings::name) == jails->end()) {
    return error;
  }
  return {.code = 0,
          .what = "jail \"" + name + "\" is configured but not running",
          .remedy = "jail -c " + name};
}

Result<std::string> name_of(libjail::Kernel& kernel, int jail) {
  jail_info info{};
  if (const auto asked = kernel.jail_info(jail, &info); !asked) {
    return libjail::fail(asked.error(), "information of the jail");
  }
  return std::string(std::begin(info.name), std::ranges::find(info.name, '\0'));
}

/// The limits of the jail are those of whoever enters it, too.
Result<void> join_group(const std::string& name) {
  const auto group = libjail::limits::ControlGroup::open(name);
  if (group) return group->join();
  if (group.error().code == ENOENT) return {};
  return std::unexpected(group.error());
}

/// So is its filter of system calls.
Result<void> filter(libjail::Kernel& kernel, const std::string& name) {
  const auto settings = lifecycle::Record::read(kernel, libjail::InitConfig().state_dir, name);
  if (!settings) return std::unexpected(settings.error());
  const std::optional<conf::JailSettings>& known = *settings;
  if (!known) return {};
  const auto config = conf::make_config(*known);
  if (!config) return std::unexpected(config.error().front());
  if (!config->seccomp) return {};
  return session::filter_system_calls(kernel);
}

Result<Target> find(libjail::Kernel& kernel, const Invocation& invocation, const char* listing,
                    bool terminal) {
  Target target;
  if (const auto may = libjail::check_caller(kernel, "enter a jail"); !may) {
    return std::unexpected(may.error());
  }
  auto jail = libjail::open_jail(kernel, invocation.jail, listing);
  if (!jail && jail.error().code == 0) {
    return std::unexpected(explain_absence(kernel, jail.error(), invocation.jail));
  }
  if (!jail) return std::unexpected(jail.error());
  target.jail.reset(::fcntl(jail->get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!target.jail) return libjail::fail(errno, "keep the jail's descriptor");
  jail->reset();

  auto place = libjail::PidNamespace::of(kernel, {}, target.jail.get());
  if (!place) return std::unexpected(place.error());
  target.pid_namespace = *std::move(place);

  const auto& request = invocation.user;
  const bool jails_users =
      request.source == Source::kJail || (request.source == Source::kNone && request.details);
  if (terminal || jails_users) {
    auto root = session::root_of(kernel, target.jail.get(), invocation.jail);
    if (!root) return std::unexpected(root.error());
    target.root = std::move(*root);
  }
  auto user = libjail::find_requested_user(kernel, target.root.get(), request);
  if (!user) return std::unexpected(user.error());
  target.user = std::move(*user);
  return target;
}

/// The command with what depends on the user filled in.
session::Command complete(session::Command command, const std::optional<User>& user, bool named) {
  if (!user) return command;
  const std::string shell = user->shell.empty() ? "/bin/sh" : user->shell;
  if (command.argv.empty()) {
    command.program = shell;
    // A name that starts with a dash tells a shell that this is a login.
    command.argv = {command.login ? "-" + shell.substr(shell.rfind('/') + 1) : shell};
  }
  if (named && !command.login) {
    const auto given = std::exchange(
        command.environment,
        {{"HOME", user->home}, {"SHELL", shell}, {"USER", user->name}, {"LOGNAME", user->name}});
    command.environment.insert(command.environment.end(), given.begin(), given.end());
  }
  return command;
}

}  // namespace

int run(libjail::Kernel& kernel, const Invocation& invocation, const char* listing) {
  const cli::Messages messages("jexec", cli::Verbosity::kNormal);
  const auto caller = session::inspect_terminal();
  auto target = find(kernel, invocation, listing, caller.any());
  if (!target) {
    messages.error(target.error().text());
    return cli::kSetupFailed;
  }
  const bool named = invocation.user.source != Source::kNone;
  const auto enter = [&](unsigned int first_closed,
                         const libjail::StepLog& log) -> Result<libjail::Entered> {
    target->root.reset();  // has served, and would lead outside
    const auto name = name_of(kernel, target->jail.get());
    if (!name) return std::unexpected(name.error());
    if (auto done = join_group(*name); !done) return std::unexpected(done.error());
    if (auto done = filter(kernel, *name); !done) return std::unexpected(done.error());
    auto jail = libjail::attach(kernel, std::move(target->jail), invocation.jail,
                                named ? target->user : std::nullopt, first_closed, log);
    if (!jail) return std::unexpected(jail.error());
    return libjail::Entered{.jail = std::move(*jail), .user = target->user};
  };
  const bool in_place = target->pid_namespace.is_callers() && session::can_run_in_place(caller);
  const session::Job job{.messages = messages,
                         .command = complete(invocation.command, target->user, named),
                         .enter = enter,
                         .pid_namespace = std::move(target->pid_namespace),
                         .has_ptmx = [&] { return session::has_ptmx(target->root.get()); }};
  sigset_t mask;
  const sigset_t blocked = session::supervised_signals();
  ::sigprocmask(SIG_BLOCK, &blocked, &mask);
  return in_place ? session::run_in_place(job, mask) : session::supervise(job, mask, caller).status;
}

}  // namespace jexec_tool
