// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/mount.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <utility>

#include "jail/steps.hpp"
#include "roots/image.hpp"
#include "roots/overlay.hpp"
#include "roots/own_mounts.hpp"
#include "roots/store.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {

namespace {

Result<void> unmount_one(const Store& store, const std::string& name, const char* point) {
  auto& kernel = store.environment().kernel;
  const auto folder = open_folder(kernel, store.fd(), name);
  if (!folder) return fail(folder.error(), store.folder(name));
  const auto gone = kernel.unmount(folder->get(), point);
  if (gone) return {};
  const std::string path = store.folder(name) + "/" + point;
  return fail(gone.error(), "unmount " + path,
              gone.error() == EBUSY ? "fuser -vm " + path + " shows who uses it" : "");
}

Overlay overlay_of(const Store& store, const std::string& name, const Record& record) {
  const std::string folder = store.folder(name);
  return {.name = name,
          .lower = record.lower,
          .folder = folder,
          .layer = has_data(record) ? folder + "/" + kData : folder};
}

Result<void> mount_layers(const Store& store, const std::string& name, const Record& record,
                          int folder) {
  auto& kernel = store.environment().kernel;
  const auto target = open_folder(kernel, folder, kRoot);
  if (!target) return fail(target.error(), store.root(name));
  return mount_overlay(kernel, overlay_of(store, name, record), target->get());
}

}  // namespace

bool has_mounts(const Record& record) {
  return record.sharing == Sharing::kThin || record.size != 0;
}

bool has_data(const Record& record) { return record.sharing == Sharing::kThin && record.size != 0; }

Result<void> mount_root(const Store& store, const std::string& name, const Record& record,
                        const Mounted& now) {
  const auto folder = open_folder(store.environment().kernel, store.fd(), name);
  if (!folder) return fail(folder.error(), store.folder(name));
  bool made = false;
  if (const char* point = has_data(record) ? kData : kRoot;
      record.size != 0 && !(has_data(record) ? now.data : now.root)) {
    const auto mounted = mount_image(store.environment(), folder->get(), point);
    if (!mounted) return std::unexpected(mounted.error());
    made = true;
  }
  if (record.sharing != Sharing::kThin || now.root) return {};
  auto done = mount_layers(store, name, record, folder->get());
  if (!done && made) static_cast<void>(unmount_one(store, name, kData));
  return done;
}

Result<void> unmount_root(const Store& store, const std::string& name, const Mounted& now) {
  if (now.root) {
    if (auto done = unmount_one(store, name, kRoot); !done) return done;
  }
  return now.data ? unmount_one(store, name, kData) : Result<void>();
}

std::vector<std::string> mount_root_commands(const Store& store, const std::string& name,
                                             const Record& record, const Mounted& now) {
  std::vector<std::string> commands;
  const bool there = has_data(record) ? now.data : now.root;
  if (record.size != 0 && !there) {
    commands.push_back(mount_image_command(store.folder(name), has_data(record) ? kData : kRoot));
  }
  if (record.sharing == Sharing::kThin && !now.root) {
    commands.push_back(mount_overlay_command(overlay_of(store, name, record)));
  }
  return commands;
}

std::vector<std::string> unmount_root_commands(const Store& store, const std::string& name,
                                               const Mounted& now) {
  std::vector<std::string> commands;
  if (now.root) commands.push_back("umount " + quoted(store.root(name)));
  if (now.data) commands.push_back("umount " + quoted(store.folder(name) + "/" + kData));
  return commands;
}

Result<Mounted> find_mounted(const Store& store, const std::string& name) {
  const auto mounts = store.mounts(name);
  if (!mounts) return std::unexpected(mounts.error());
  std::vector<std::string> foreign;
  Mounted own;
  for (const auto& point : *mounts) {
    if (point == store.root(name) && !own.root) {
      own.root = true;
    } else if (point == store.folder(name) + "/" + kData && !own.data) {
      own.data = true;
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
  Mounted mounted{};
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
  Mounted mounted;
  for (const auto& point : *points) {
    mounted.root = mounted.root || point == store->root(name);
    mounted.data = mounted.data || point == store->folder(name) + "/" + kData;
  }
  return Found{.store = *std::move(store), .record = *std::move(record), .mounted = mounted};
}

}  // namespace

Result<bool> mount(const Environment& environment, const std::string& name) {
  const auto found = find(environment, name, true);
  if (!found) return std::unexpected(found.error());
  if (!has_mounts(found->record) || found->mounted.root) return false;
  auto done = mount_root(found->store, name, found->record, found->mounted);
  if (!done) return std::unexpected(done.error());
  return true;
}

Result<bool> unmount(const Environment& environment, const std::string& name) {
  const auto found = find(environment, name, true);
  if (!found) return std::unexpected(found.error());
  if (!has_mounts(found->record)) return false;
  if (auto running = refuse_running(found->store, name); !running) {
    return std::unexpected(running.error());
  }
  const auto mounted = find_mounted(found->store, name);
  if (!mounted) return std::unexpected(mounted.error());
  if (!mounted->any()) return false;
  auto done = unmount_root(found->store, name, *mounted);
  if (!done) return std::unexpected(done.error());
  return true;
}

Result<std::optional<Space>> space(const Environment& environment, const std::string& name) {
  const auto found = find(environment, name, false);
  if (!found && found.error().code == ENOENT) return std::nullopt;
  if (!found) return std::unexpected(found.error());
  const bool data = has_data(found->record);
  if (found->record.size == 0 || !(data ? found->mounted.data : found->mounted.root)) {
    return std::nullopt;
  }
  auto& kernel = environment.kernel;
  const auto folder = open_folder(kernel, found->store.fd(), name);
  if (!folder) return fail(folder.error(), found->store.folder(name));
  // Unlike open_folder(), onto what is mounted there.
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                     .mode = 0,
                     .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  const auto root = kernel.openat2(folder->get(), data ? kData : kRoot, how);
  struct statvfs st {};
  if (!root || ::fstatvfs(root->get(), &st) < 0) {
    return fail(root ? errno : root.error(), found->store.root(name));
  }
  return Space{.used = (st.f_blocks - st.f_bfree) * st.f_frsize, .size = found->record.size};
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
  return mount_root_commands(found->store, name, found->record, found->mounted);
}

Result<std::vector<std::string>> unmount_commands(const Environment& environment,
                                                  const std::string& name) {
  const auto found = find(environment, name, false);
  if (!found) return std::unexpected(found.error());
  return unmount_root_commands(found->store, name, found->mounted);
}

}  // namespace libjail::roots
