// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/make.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "jail/link_lock.hpp"
#include "jail/mounts.hpp"
#include "lifecycle/file_systems.hpp"
#include "lifecycle/path_below.hpp"
#include "session/channel.hpp"

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
  auto more = read_fstabs(kernel, config);
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

[[noreturn]] void run_child(Kernel& kernel, const conf::JailConfig& config, const Lease& lease,
                            const Channel& channel) {
  const auto jail = make_here(kernel, config, lease, [&channel](const std::string& step) {
    channel.send(Message::Kind::kStep, step);
  });
  if (jail) {
    const int fd = jail->get();
    channel.send(Message::Kind::kEntered, "", {&fd, 1});
  } else {
    channel.send(Message::Kind::kError, jail.error().text());
  }
  ::_exit(0);
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
  if (config.system_mounts || !config.mounts.empty() || !config.fstabs.empty()) {
    if (auto done = enter_private_mounts(kernel); !done) return std::unexpected(done.error());
    log("private mount namespace");
  }
  auto root = open_root(kernel, config.path);
  if (!root) return std::unexpected(root.error());
  if (auto done = mount_all(kernel, *root, config, log); !done) {
    return std::unexpected(done.error());
  }
  if (const auto moved = kernel.fchdir(root->get()); !moved) {
    return fail(moved.error(), "root directory " + config.path);
  }
  const auto lock = lock_out_linking(kernel, root->get());
  if (!lock) return std::unexpected(lock.error());
  return call_jail(kernel, *spec, JAIL_NO_ENTER);
}

Result<UniqueFd> make_jail(Kernel& kernel, const conf::JailConfig& config, const Lease& lease,
                           Interrupts& interrupts, const StepLog& log) {
  auto ends = Channel::make();
  if (!ends) return std::unexpected(ends.error());
  const pid_t child = ::fork();
  if (child < 0) return fail(errno, "fork");
  if (child == 0) {
    ends->first.close();
    run_child(kernel, config, lease, ends->second);
  }
  ends->second.close();
  auto jail = listen(ends->first, interrupts, log);
  ::kill(child, SIGKILL);  // it has nothing more to do, or must not do it
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!jail) return jail;
  UniqueFd kept(::fcntl(jail->get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!kept) return fail(errno, "keep the jail's descriptor");
  return kept;
}

Result<::jail_info> information(Kernel& kernel, int jail) {
  ::jail_info info{};
  if (const auto asked = kernel.jail_info(jail, &info); !asked) {
    return fail(asked.error(), "information of the jail");
  }
  return info;
}

}  // namespace libjail::lifecycle
