// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/destroy.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "jail/steps.hpp"
#include "roots/own_mounts.hpp"
#include "roots/store.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

/// Those whose lower layer is in the folder of @p name.
Result<std::vector<std::string>> made_from(const Environment& environment, const Store& store,
                                           const std::string& name, bool force) {
  const auto all = store.names();
  if (!all) return all;
  std::vector<std::string> result;
  for (const auto& other : *all) {
    if (other == name) continue;
    const auto record = store.record(other);
    if (record) {
      if (record->lower.starts_with(store.folder(name) + "/")) result.push_back(other);
    } else if (force) {
      environment.note("is perhaps what \"" + other + "\" is made from: " + record.error().text());
    } else {
      return fail(record.error().code, record.error().what,
                  "it could be made from \"" + name + "\"; --force goes on");
    }
  }
  return result;
}

/// The record, or one that claims nothing where it cannot be read and that is no obstacle.
Result<Record> record_of(const Environment& environment, const Store& store,
                         const std::string& name, bool force) {
  auto record = store.record(name);
  if (record || !open_folder(environment.kernel, store.fd(), name)) return record;
  if (!force) {
    record.error().remedy = "--force destroys it even so";
    return record;
  }
  environment.note(record.error().text());
  return Record{.source = {}, .sharing = Sharing::kLink, .base = {}, .lower = {}};
}

/// Nothing that would be in the way is there.
Result<Record> check(const Environment& environment, const Store& store, const std::string& name,
                     bool force) {
  auto record = record_of(environment, store, name, force);
  if (!record) return record;
  const auto others = made_from(environment, store, name, force);
  if (!others) return std::unexpected(others.error());
  if (!others->empty()) {
    return fail(EBUSY, enumeration(*others) + " is made from \"" + name + "\"",
                "destroy that first");
  }
  if (auto running = refuse_running(store, name); !running) {
    return std::unexpected(running.error());
  }
  if (record->sharing != Sharing::kLink) return record;
  // Files that others have too are free for a moment while this name of theirs is removed.
  const auto users = record->base.empty() ? store.names() : store.users_of(record->base);
  if (!users) return std::unexpected(users.error());
  const auto running = store.running(*users);
  if (!running) return std::unexpected(running.error());
  if (running->empty()) return record;
  return fail(EBUSY,
              "linked files are not immutable for a moment, and " + enumeration(*running) +
                  " could write to them",
              "stop it first");
}

std::vector<Step> steps_of(const Store& store, const std::string& name, const Record& record,
                           const Mounted& mounted) {
  std::vector<Step> steps;
  if (mounted.any()) {
    steps.push_back({.what = "unmount " + store.root(name),
                     .commands = unmount_root_commands(store, name, mounted),
                     .run = [&store, &name, mounted] { return unmount_root(store, name, mounted); },
                     .undo =
                         [&store, &name, &record] {
                           return has_mounts(record) ? mount_root(store, name, record, {})
                                                     : Result<void>();
                         }});
  }
  std::vector<std::string> commands;
  if (record.sharing == Sharing::kLink) {
    commands.push_back("find " + quoted(store.root(name)) + " -type f -exec chattr -i {} +");
  }
  commands.push_back("rm -rf --one-file-system " + quoted(store.folder(name)));
  // From here on it is garbage, which the sweep removes now or later.
  steps.push_back({.what = "take its name away",
                   .commands = std::move(commands),
                   .run = [&store, &name]() -> Result<void> {
                     if (::renameat2(store.fd(), name.c_str(), store.fd(), unfinished(name).c_str(),
                                     RENAME_NOREPLACE) < 0) {
                       return fail(errno, store.folder(name));
                     }
                     return {};
                   }});
  return steps;
}

}  // namespace

Result<Destroyed> destroy(const Environment& environment, const std::string& name, bool force) {
  if (auto checked = checked_name(name); !checked) return std::unexpected(checked.error());
  const auto store = Store::open(environment);
  if (!store) return std::unexpected(store.error());
  if (auto locked = store->lock(); !locked) return std::unexpected(locked.error());
  const auto swept = store->sweep();
  if (!swept) return std::unexpected(swept.error());
  if (!store->has(name) && std::ranges::find(*swept, name) != swept->end()) {
    return Destroyed::kLeftover;
  }
  UniqueFd locked;
  if (store->has(name)) {
    auto root = store->lock_root(name);
    if (!root) return std::unexpected(root.error());
    locked = *std::move(root);
  }
  const auto record = check(environment, *store, name, force);
  if (!record) return std::unexpected(record.error());
  const auto mounted = find_mounted(*store, name);
  if (!mounted) return std::unexpected(mounted.error());
  const auto done = run_steps(steps_of(*store, name, *record, *mounted), environment.interrupted);
  if (!done) return std::unexpected(done.error());
  locked.reset();  // whoever waits for it finds no root directory
  if (const auto removed = store->sweep(); !removed) return std::unexpected(removed.error());
  return Destroyed::kAll;
}

Result<std::vector<std::string>> destroy_commands(const Environment& environment,
                                                  const std::string& name, bool force) {
  if (auto checked = checked_name(name); !checked) return std::unexpected(checked.error());
  const auto store = Store::open(environment);
  if (!store) return std::unexpected(store.error());
  const auto record = check(environment, *store, name, force);
  if (!record) return std::unexpected(record.error());
  const auto mounted = find_mounted(*store, name);
  if (!mounted) return std::unexpected(mounted.error());
  auto commands = commands_of(steps_of(*store, name, *record, *mounted));
  if (record->base.empty()) return commands;
  const auto users = store->users_of(record->base);
  if (users && users->size() == 1) {
    commands.push_back("rm -rf --one-file-system " +
                       quoted(store->folder(std::string(kBases) + "/" + record->base)));
  }
  if (record->sharing == Sharing::kLink && users && users->size() > 1) {
    commands.push_back("find " + quoted(store->folder(std::string(kBases) + "/" + record->base)) +
                       " -type f -exec chattr +i {} +");
  }
  return commands;
}

}  // namespace libjail::roots
