// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/mount.hpp"

#include <cerrno>
#include <utility>

#include "jail/steps.hpp"
#include "roots/overlay.hpp"
#include "roots/own_mounts.hpp"
#include "roots/store.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {

Result<void> mount_root(Kernel& kernel, const Store& store, const std::string& name,
                        const Record& record) {
  const auto folder = open_folder(kernel, store.fd(), name);
  if (!folder) return fail(folder.error(), store.folder(name));
  const auto target = open_folder(kernel, folder->get(), kRoot);
  if (!target) return fail(target.error(), store.root(name));
  return mount_overlay(kernel, overlay_of(store, name, record), target->get());
}

Result<void> unmount_root(Kernel& kernel, const Store& store, const std::string& name) {
  const auto folder = open_folder(kernel, store.fd(), name);
  if (!folder) return fail(folder.error(), store.folder(name));
  const auto gone = kernel.unmount(folder->get(), kRoot);
  if (gone) return {};
  return fail(gone.error(), "unmount " + store.root(name),
              gone.error() == EBUSY ? "fuser -vm " + store.root(name) + " shows who uses it" : "");
}

Overlay overlay_of(const Store& store, const std::string& name, const Record& record) {
  return {.name = name, .lower = record.lower, .folder = store.folder(name)};
}

Result<bool> is_mounted(const Store& store, const std::string& name) {
  const auto mounts = store.mounts(name);
  if (!mounts) return std::unexpected(mounts.error());
  std::vector<std::string> foreign;
  bool own = false;
  for (const auto& point : *mounts) {
    if (point == store.root(name) && !own) {
      own = true;
    } else {
      foreign.push_back(point);
    }
  }
  if (!foreign.empty()) {
    return fail(EBUSY, "something is mounted on " + enumeration(foreign), "unmount it first");
  }
  return own;
}

namespace {

struct Found {
  Store store;
  Record record;
  bool mounted = false;
};

Result<Found> find(const Environment& environment, const std::string& name, bool lock) {
  if (auto checked = checked_name(name); !checked) return std::unexpected(checked.error());
  auto store = Store::open(environment);
  if (!store) return std::unexpected(store.error());
  if (lock) {
    if (auto locked = store->lock(); !locked) return std::unexpected(locked.error());
  }
  auto record = store->record(name);
  if (!record) return std::unexpected(record.error());
  const auto points = store->mounts(name);
  if (!points) return std::unexpected(points.error());
  bool mounted = false;
  for (const auto& point : *points) mounted = mounted || point == store->root(name);
  return Found{.store = *std::move(store), .record = *std::move(record), .mounted = mounted};
}

}  // namespace

Result<bool> mount(const Environment& environment, const std::string& name) {
  const auto found = find(environment, name, true);
  if (!found) return std::unexpected(found.error());
  if (found->record.sharing != Sharing::kThin || found->mounted) return false;
  auto done = mount_root(environment.kernel, found->store, name, found->record);
  if (!done) return std::unexpected(done.error());
  return true;
}

Result<bool> unmount(const Environment& environment, const std::string& name) {
  const auto found = find(environment, name, true);
  if (!found) return std::unexpected(found.error());
  if (found->record.sharing != Sharing::kThin) return false;
  if (auto running = refuse_running(found->store, name); !running) {
    return std::unexpected(running.error());
  }
  const auto mounted = is_mounted(found->store, name);
  if (!mounted || !*mounted) return mounted;
  auto done = unmount_root(environment.kernel, found->store, name);
  if (!done) return std::unexpected(done.error());
  return true;
}

Result<void> refuse_running(const Store& store, const std::string& name) {
  const auto running = store.running({name});
  if (!running) return std::unexpected(running.error());
  if (running->empty()) return {};
  return fail(EBUSY, "jail \"" + name + "\" runs", "stop it first: jail -r " + name);
}

Result<std::vector<std::string>> list(const Environment& environment) {
  const auto store = Store::open(environment);
  if (!store && store.error().code == ENOENT) return {};
  if (!store) return std::unexpected(store.error());
  return store->names();
}

Result<std::vector<std::string>> mount_commands(const Environment& environment,
                                                const std::string& name) {
  const auto found = find(environment, name, false);
  if (!found) return std::unexpected(found.error());
  if (found->record.sharing != Sharing::kThin || found->mounted) return {};
  return std::vector{mount_overlay_command(overlay_of(found->store, name, found->record))};
}

Result<std::vector<std::string>> unmount_commands(const Environment& environment,
                                                  const std::string& name) {
  const auto found = find(environment, name, false);
  if (!found) return std::unexpected(found.error());
  if (!found->mounted) return {};
  return std::vector{"umount " + quoted(found->store.root(name))};
}

}  // namespace libjail::roots
