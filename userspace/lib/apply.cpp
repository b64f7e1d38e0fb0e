// SPDX-License-Identifier: BSD-2-Clause
#include "jail/apply.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

#include "jail/attach.hpp"
#include "jail/explain.hpp"
#include "jail/mounts.hpp"
#include "jail/root_lock.hpp"
#include "lib/become.hpp"

namespace libjail {
namespace {

std::uint64_t pointer(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

std::uint64_t pointer_or_null(const std::string& text) {
  return text.empty() ? 0 : pointer(text.c_str());
}

/// In one call.
Result<UniqueFd> enter_new(Kernel& kernel, const JailSpec& spec, unsigned int first_closed) {
  if (const auto closed = kernel.close_from(first_closed); !closed) {
    return fail(closed.error(), "close descriptors");
  }
  return call_jail(kernel, spec, 0);
}

/// In two, as jailctl(8) looks for jails that are there, and the lock must not go in.
Result<UniqueFd> make_and_enter(Kernel& kernel, const JailSpec& spec, RootLock lock,
                                unsigned int first_closed) {
  auto made = call_jail(kernel, spec, JAIL_NO_ENTER);
  if (!made) return made;
  lock.reset();
  return attach(kernel, std::move(*made), spec.name(), {}, first_closed, [](const std::string&) {});
}

}  // namespace

Result<UniqueFd> call_jail(Kernel& kernel, const JailSpec& spec, unsigned int flags) {
  jail_addr address{};
  jail_args args{};
  args.flags = spec.unsafe() ? JAIL_UNSAFE_CAPS : 0;
  args.cap_ceiling = spec.ceiling();
  args.path = pointer(".");  // the directory that was opened, whatever its name means by now
  args.dirfd = AT_FDCWD;
  args.name = pointer_or_null(spec.name());
  args.hostname = pointer_or_null(spec.hostname());
  if (const auto& wanted = spec.address(); wanted) {
    address.family = AF_INET;
    const std::uint32_t ip = htonl(wanted->ip);
    std::memcpy(address.addr, &ip, sizeof ip);
    args.addrs = pointer(&address);
    args.naddrs = 1;
  }
  const auto fd = kernel.jail(&args, sizeof args, flags);
  if (!fd) return std::unexpected(explain_jail_error(fd.error(), spec));
  return UniqueFd(*fd);
}

Result<UniqueFd> open_root(Kernel& kernel, const std::string& path) {
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0};
  auto root = kernel.openat2(AT_FDCWD, path.c_str(), how);
  if (!root) {
    return fail(root.error(), "root directory " + path,
                root.error() == ENOENT ? "make it and put a system into it" : "");
  }
  return std::move(*root);
}

Result<int> probe(Kernel& kernel) {
  const auto version = kernel.jail(nullptr, 0, JAIL_GET_VERSION);
  if (!version) return std::unexpected(explain_probe_error(version.error()));
  return *version;
}

Result<std::optional<User>> find_requested_user(Kernel& kernel, int root,
                                                const UserRequest& request) {
  if (request.source != UserRequest::Source::kNone) {
    const bool host = request.source == UserRequest::Source::kHost;
    auto user = lookup_user(kernel, host ? AT_FDCWD : root, request.name);
    if (!user) return std::unexpected(user.error());
    return std::move(*user);
  }
  if (!request.details) return std::nullopt;
  if (auto user = lookup_user(kernel, root, "root"); user) return std::move(*user);
  return User{.name = "root", .home = "/", .shell = "/bin/sh", .groups = {}};
}

Result<void> check_caller(Kernel& kernel, const std::string& purpose) {
  if (const auto version = probe(kernel); !version) return std::unexpected(version.error());
  const auto sets = kernel.capget();
  if (!sets) return fail(sets.error(), "read the capabilities");
  if ((sets->effective >> CAP_SYS_ADMIN & 1) == 0) {
    return fail(EPERM, purpose, "run as root, outside of any jail");
  }
  return {};
}

Result<Entered> apply(Kernel& kernel, const JailSpec& spec, const UserRequest& request,
                      unsigned int first_closed, const StepLog& log) {
  if (spec.mounts() || !spec.idmap().empty()) {
    if (auto done = enter_private_mounts(kernel); !done) return std::unexpected(done.error());
    log("private mount namespace");
  }
  auto root = open_root(kernel, spec.path());
  if (!root) return std::unexpected(root.error());
  if (!spec.idmap().empty()) {
    root = mount_mapped(kernel, root->get(), spec.path(), spec.idmap());
    if (!root) return std::unexpected(root.error());
    log("mapped the IDs of " + spec.path());
  }
  if (spec.mounts()) {
    const auto mounted = mount_filesystems(kernel, root->get(), spec.path());
    if (!mounted) return std::unexpected(mounted.error());
    for (const auto& point : *mounted) log("mounted " + spec.path() + point);
  }
  auto user = find_requested_user(kernel, root->get(), request);
  if (!user) return std::unexpected(user.error());
  // Before we go there, as the path may be a relative one.
  auto lock = RootLock::acquire(kernel, root->get(), spec.path());
  if (!lock) return std::unexpected(lock.error());
  if (const auto moved = kernel.fchdir(root->get()); !moved) {
    return fail(moved.error(), "root directory " + spec.path());
  }
  root->reset();

  const bool change_ids = *user && request.source != UserRequest::Source::kNone;
  if (change_ids) {
    if (auto done = become_user(kernel, **user); !done) return std::unexpected(done.error());
    log("user " + (*user)->name + ", uid " + std::to_string((*user)->uid));
  }
  auto entered = *lock ? make_and_enter(kernel, spec, std::move(*lock), first_closed)
                       : enter_new(kernel, spec, first_closed);
  if (!entered) return std::unexpected(entered.error());
  if (change_ids) {
    if (auto done = drop_capabilities(kernel, **user); !done) return std::unexpected(done.error());
  }
  return Entered{.jail = std::move(*entered), .user = std::move(*user)};
}

}  // namespace libjail
