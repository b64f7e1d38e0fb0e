// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/make.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "jail/attach.hpp"
#include "jail/idmap.hpp"
#include "jail/mounts.hpp"
#include "jail/pid_namespace.hpp"
#include "jail/root_lock.hpp"
#include "lib/conf/fstab.hpp"
#include "lifecycle/file_systems.hpp"
#include "lifecycle/path_below.hpp"
#include "session/channel.hpp"
#include "session/filter.hpp"
#include "session/init.hpp"

namespace libjail::lifecycle {
namespace {

using session::Channel;
using session::Message;

/// Whether the mount is on what the file systems that every jail has would hide.
bool is_in_system_mount(const conf::Mount& mount, const conf::JailConfig& config) {
  const auto inside = path_below(mount.target, config.path).value_or("");
  return config.system_mounts && (inside.starts_with("dev/") || inside.starts_with("proc/"));
}

Result<void> mount_all(Kernel& kernel, UniqueFd& root, const conf::JailConfig& config,
                       const StepLog& log) {
  auto mounts = config.mounts;
  auto more = conf::read_fstabs(kernel, config);
  if (!more) return std::unexpected(more.error());
  mounts.insert(mounts.end(), more->begin(), more->end());
  const auto mount_those = [&](bool in_system_mount) -> Result<void> {
    for (const auto& mount : mounts) {
      if (is_in_system_mount(mount, config) != in_system_mount) continue;
      if (auto done = mount_one(kernel, root, config.path, mount); !done) return done;
      log("mounted " + mount.source + " on " + mount.target);
    }
    return {};
  };
  if (auto done = mount_those(false); !done) return done;
  if (config.system_mounts) {
    const auto mounted = mount_filesystems(kernel, root.get(), config.path);
    if (!mounted) return std::unexpected(mounted.error());
    for (const auto& point : *mounted) log("mounted " + config.path + point);
  }
  return mount_those(true);
}

/// Makes of the process that made the jail its process 1.
Result<UniqueFd> become_init(Kernel& kernel, UniqueFd made, const conf::JailConfig& config,
                             const Lease& lease, Channel& channel) {
  session::wipe_arguments();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int fd = 0; fd < 3; ++fd) {
    if (!null || ::dup2(null.get(), fd) < 0) return fail(errno, "open /dev/null");
  }
  UniqueFd jail(::fcntl(made.get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!jail) return fail(errno, "keep the jail's descriptor");
  made.reset();
  if (!channel.move_to(session::kChannel)) return fail(errno, "keep the channel");
  if (const auto* group = lease.group(); group != nullptr) {
    if (auto joined = group->join(); !joined) return std::unexpected(joined.error());
  }
  if (config.seccomp) {
    if (auto done = session::filter_system_calls(kernel); !done)
      return std::unexpected(done.error());
  }
  return attach(kernel, std::move(jail), config.name, {}, session::kFirstFree,
                [](const std::string&) {});
}

[[noreturn]] void run_child(Kernel& kernel, const conf::JailConfig& config, const Lease& lease,
                            Channel channel) {
  auto jail = make_here(kernel, config, lease, [&channel](const std::string& step) {
    channel.send(Message::Kind::kStep, step);
  });
  if (jail && config.pid) jail = become_init(kernel, std::move(*jail), config, lease, channel);
  if (!jail) {
    channel.send(Message::Kind::kError, jail.error().text());
    ::_exit(1);
  }
  const int fd = jail->get();
  channel.send(Message::Kind::kEntered, "", {&fd, 1});
  if (!config.pid) ::_exit(0);
  jail->reset();
  session::stay_as_init(std::move(channel), config.persist);
}

/// What the process says, until it has nothing more to say or an interrupt comes.
Result<UniqueFd> listen(Channel& channel, Interrupts& interrupts, const StepLog& log) {
  while (channel) {
    auto message = channel.receive();
    if (!message) {
      if (!channel) break;
      std::vector<pollfd> polls{{.fd = channel.get(), .events = POLLIN, .revents = 0},
                                {.fd = interrupts.descriptor(), .events = POLLIN, .revents = 0}};
      ::poll(polls.data(), polls.size(), -1);
      if (interrupts.came()) return fail(0, "interrupted");
      continue;
    }
    if (message->kind == Message::Kind::kError) return fail(0, message->text);
    if (message->kind == Message::Kind::kStep) log(message->text);
    if (!message->descriptors.empty()) return std::move(message->descriptors[0]);
  }
  return fail(0, "the process that makes the jail was ended");
}

}  // namespace

Result<UniqueFd> make_here(Kernel& kernel, const conf::JailConfig& config, const Lease& lease,
                           const StepLog& log) {
  const auto spec = config.spec();
  if (!spec) return std::unexpected(spec.error());
  if (auto done = lease.enter_network(kernel); !done) return std::unexpected(done.error());
  if (config.system_mounts || !config.mounts.empty() || !config.fstabs.empty() ||
      !config.idmap.empty()) {
    if (auto done = enter_private_mounts(kernel); !done) return std::unexpected(done.error());
    log("private mount namespace");
  }
  auto root = open_root(kernel, config.path);
  if (!root) return std::unexpected(root.error());
  if (!config.idmap.empty()) {
    root = mount_mapped(kernel, root->get(), config.path, config.idmap);
    if (!root) return std::unexpected(root.error());
    log("mapped the IDs of " + config.path);
  }
  if (auto done = mount_all(kernel, *root, config, log); !done) {
    return std::unexpected(done.error());
  }
  if (const auto moved = kernel.fchdir(root->get()); !moved) {
    return fail(moved.error(), "root directory " + config.path);
  }
  const auto lock = RootLock::acquire(kernel, root->get(), config.path);
  if (!lock) return std::unexpected(lock.error());
  return call_jail(kernel, *spec, JAIL_NO_ENTER);
}

Result<Made> make_jail(Kernel& kernel, const conf::JailConfig& config, const Lease& lease,
                       Interrupts& interrupts, const StepLog& log) {
  auto ends = Channel::make();
  if (!ends) return std::unexpected(ends.error());
  const auto place = config.pid ? PidNamespace::fresh(kernel) : PidNamespace();
  const auto child = place.fork();
  if (!child) return std::unexpected(child.error());
  if (*child == 0) {
    ends->first.close();
    run_child(kernel, config, lease, std::move(ends->second));
  }
  ends->second.close();
  auto jail = listen(ends->first, interrupts, log);
  if (jail && config.pid) {
    UniqueFd kept(::fcntl(jail->get(), F_DUPFD_CLOEXEC, session::kFirstFree));
    if (kept) {
      return Made{.jail = std::move(kept), .init = *child, .channel = std::move(ends->first)};
    }
    jail = fail(errno, "keep the jail's descriptor");
  }
  ::kill(*child, SIGKILL);  // it has nothing more to do, or must not do it
  while (::waitpid(*child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!jail) return std::unexpected(jail.error());
  UniqueFd kept(::fcntl(jail->get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!kept) return fail(errno, "keep the jail's descriptor");
  return Made{.jail = std::move(kept)};
}

bool let_init_go(Made& made) {
  if (made.init == 0) return false;
  made.channel.send(Message::Kind::kMade, "");
  ::shutdown(made.channel.get(), SHUT_WR);
  while (made.channel) {
    pollfd poll{.fd = made.channel.get(), .events = POLLIN, .revents = 0};
    ::poll(&poll, 1, -1);
    const auto message = made.channel.receive();
    if (message && message->kind == Message::Kind::kBusy) return false;
  }
  while (::waitpid(made.init, nullptr, 0) < 0 && errno == EINTR) {
  }
  return true;
}

Result<::jail_info> information(Kernel& kernel, int jail) {
  ::jail_info info{};
  if (const auto asked = kernel.jail_info(jail, &info); !asked) {
    return fail(asked.error(), "information of the jail");
  }
  return info;
}

}  // namespace libjail::lifecycle
