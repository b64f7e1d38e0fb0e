// SPDX-License-Identifier: BSD-2-Clause
#include "roots/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

#include "jail/listing.hpp"
#include "jail/name.hpp"
#include "lib/mount_table.hpp"
#include "roots/image.hpp"
#include "roots/links.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

constexpr std::string_view kSuffix = ".unfinished";
constexpr const char* kStarting = "a jail that starts";

/// The name whose unfinished folder this is, or nothing.
std::optional<std::string> name_of_unfinished(std::string_view entry) {
  if (!entry.starts_with('.') || !entry.ends_with(kSuffix)) return {};
  entry.remove_prefix(1);
  entry.remove_suffix(kSuffix.size());
  return std::string(entry);
}

bool exists(int dir, const std::string& name) {
  struct stat st {};
  return ::fstatat(dir, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/// Files that a link of an unfinished root freed shall be immutable again.
Result<void> seal_base_of(Kernel& kernel, int store, const std::string& entry) {
  const auto folder = open_folder(kernel, store, entry);
  if (!folder) return {};
  const auto record = read_record(kernel, folder->get(), entry);
  if (!record || record->sharing != Sharing::kLink) return {};
  const auto bases = open_folder(kernel, store, kBases);
  if (!bases) return {};
  const auto base = open_folder(kernel, bases->get(), record->base);
  if (!base) return {};
  return seal_files(kernel, base->get());
}

}  // namespace

Result<std::string> checked_name(const std::string& name) {
  auto parsed = parse_name(name);
  if (parsed && (parsed->starts_with('.') || parsed->starts_with('-'))) {
    return fail(EINVAL, "name \"" + name + "\" of a root directory starts with " + name.front());
  }
  return parsed;
}

std::string unfinished(const std::string& name) { return "." + name + std::string(kSuffix); }

Result<Store> Store::open(const Environment& environment) {
  const auto& given = environment.store;
  UniqueFd fd(::open(given.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return fail(errno, given, errno == EACCES ? "run as root" : "");
  const auto st = environment.kernel.fstat(fd.get());
  if (!st) return fail(st.error(), given);
  if (st->st_uid != ::geteuid()) {
    return fail(0, given + " belongs to another user", "chown root " + given);
  }
  if ((st->st_mode & 077) != 0) {
    return fail(0, given + " is open to other users, who could run set-user-ID files of jails",
                "chmod 700 " + given);
  }
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(given.c_str(), nullptr),
                                                         &std::free);
  if (real == nullptr) return fail(errno, given);
  return Store(environment, std::move(fd), real.get());
}

Result<void> Store::lock() const {
  return wait_for_lock(fd_.get(), path_, "another jailctl that works on " + path_);
}

Result<UniqueFd> Store::lock_root(const std::string& name) const {
  auto root = open_folder(environment_->kernel, fd_.get(), name);
  if (!root) return fail(root.error(), folder(name));
  auto locked = wait_for_lock(root->get(), folder(name), kStarting);
  if (!locked) return std::unexpected(locked.error());
  return *std::move(root);
}

Result<UniqueFd> Store::lock_links() const {
  auto bases = open_folder(environment_->kernel, fd_.get(), kBases);
  if (!bases && bases.error() == ENOENT) return UniqueFd();
  if (!bases) return fail(bases.error(), folder(kBases));
  auto locked = wait_for_lock(bases->get(), folder(kBases), kStarting);
  if (!locked) return std::unexpected(locked.error());
  return *std::move(bases);
}

Result<void> Store::wait_for_lock(int fd, const std::string& what, const std::string& whom) const {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return fail(errno, "lock " + what);
  environment_->note("waiting for " + whom);
  while (::flock(fd, LOCK_EX) < 0) {
    if (errno == EINTR && environment_->interrupted()) return fail(0, "interrupted");
    if (errno != EINTR) return fail(errno, "lock " + what);
  }
  return {};
}

/// What a killed tool had mounted there.
Result<void> Store::unmount_leftover(const std::string& entry) const {
  const auto points = mounts(entry);
  if (!points) return std::unexpected(points.error());
  for (const auto& point : *points) {
    const char* name = point == root(entry) ? kRoot : kData;
    if (point != folder(entry) + "/" + name) continue;  // none of ours: it stays, and the rest
    const auto folder_fd = open_folder(environment_->kernel, fd_.get(), entry);
    if (!folder_fd) return fail(folder_fd.error(), folder(entry));
    const auto gone = environment_->kernel.unmount(folder_fd->get(), name);
    if (!gone) return fail(gone.error(), "unmount " + point);
  }
  return {};
}

/// Whether no jail runs that has links to files that the unfinished folder has links to.
Result<bool> Store::may_free(const std::string& entry) const {
  const auto folder_fd = open_folder(environment_->kernel, fd_.get(), entry);
  if (!folder_fd) return true;
  const auto found = read_record(environment_->kernel, folder_fd->get(), entry);
  const bool none = found ? found->sharing != Sharing::kLink : found.error().code == ENOENT;
  if (none) return true;
  const auto users = found ? users_of(found->base) : names();
  if (!users) return std::unexpected(users.error());
  const auto running_users = running(*users);
  if (!running_users) return std::unexpected(running_users.error());
  if (running_users->empty()) return true;
  environment_->note(folder(entry) + " stays until " + enumeration(*running_users) +
                     " has stopped: its links are not immutable for a moment");
  return false;
}

Result<std::vector<std::string>> Store::sweep() const {
  std::vector<std::string> swept;
  const auto all = entries(fd_.get());
  if (!all) return fail(all.error(), path_);
  auto& kernel = environment_->kernel;
  for (const auto& entry : *all) {
    const auto name = name_of_unfinished(entry.name);
    if (!name) continue;
    const auto links = lock_links();
    if (!links) return std::unexpected(links.error());
    const auto free = may_free(entry.name);
    if (!free) return std::unexpected(free.error());
    if (!*free) continue;
    auto done = unmount_leftover(entry.name);
    if (done) done = seal_base_of(kernel, fd_.get(), entry.name);
    // The record comes last, as it tells what is to be made immutable again.
    if (done) {
      if (const auto folder = open_folder(kernel, fd_.get(), entry.name)) {
        done = remove_tree(kernel, folder->get(), kRoot);
      }
    }
    if (done) done = remove_tree(kernel, fd_.get(), entry.name);
    if (!done) {
      done.error().what = "remove " + folder(entry.name) + ": " + done.error().what;
      return std::unexpected(done.error());
    }
    swept.push_back(*name);
  }
  if (auto done = sweep_bases(); !done) return std::unexpected(done.error());
  return swept;
}

Result<void> Store::sweep_bases() const {
  const auto bases = open_folder(environment_->kernel, fd_.get(), kBases);
  if (!bases) {
    if (bases.error() == ENOENT) return {};
    return fail(bases.error(), folder(kBases));
  }
  std::set<std::string> used;
  const auto all = names();
  if (!all) return std::unexpected(all.error());
  for (const auto& name : *all) {
    const auto found = record(name);
    if (!found) {  // it could use any of them
      environment_->note("the bases stay: " + found.error().text());
      return {};
    }
    used.insert(found->base);
  }
  const auto inside = entries(bases->get());
  if (!inside) return fail(inside.error(), folder(kBases));
  std::size_t left = inside->size();
  for (const auto& entry : *inside) {
    if (used.contains(entry.name)) continue;
    if (auto done = remove_tree(environment_->kernel, bases->get(), entry.name); !done) return done;
    --left;
  }
  if (left == 0 && ::unlinkat(fd_.get(), kBases, AT_REMOVEDIR) < 0) {
    return fail(errno, "remove " + folder(kBases));
  }
  return {};
}

Result<std::vector<std::string>> Store::names() const {
  const auto all = entries(fd_.get());
  if (!all) return fail(all.error(), path_);
  std::vector<std::string> result;
  for (const auto& entry : *all) {
    if (S_ISDIR(entry.mode) && checked_name(entry.name)) result.push_back(entry.name);
  }
  std::ranges::sort(result);
  return result;
}

Result<Record> Store::record(const std::string& name) const {
  const auto folder_fd = open_folder(environment_->kernel, fd_.get(), name);
  if (!folder_fd && folder_fd.error() == ENOENT) {
    return fail(ENOENT, "root directory of jail \"" + name + "\" in " + path_);
  }
  if (!folder_fd) return fail(folder_fd.error(), folder(name));
  return read_record(environment_->kernel, folder_fd->get(), folder(name));
}

bool Store::has(const std::string& name) const { return exists(fd_.get(), name); }

bool Store::has_base(const std::string& key) const {
  return exists(fd_.get(), std::string(kBases) + "/" + key);
}

Result<std::vector<std::string>> Store::users_of(const std::string& key) const {
  const auto all = names();
  if (!all) return all;
  std::vector<std::string> users;
  for (const auto& name : *all) {
    const auto found = record(name);
    if (!found || found->base == key) users.push_back(name);
  }
  return users;
}

Result<std::vector<std::string>> Store::running(const std::vector<std::string>& names) const {
  const auto jails = list_jails(environment_->kernel, environment_->listing.c_str());
  if (!jails) {
    if (jails.error().code == ENOENT) return {};  // a kernel without jails
    return std::unexpected(jails.error());
  }
  std::vector<std::string> result;
  for (const auto& name : names) {
    const std::string place = root(name);
    if (std::ranges::any_of(*jails, [&](const ListedJail& jail) {
          return !jail.dying &&
                 (jail.name == name || jail.path == place || jail.path.starts_with(place + "/"));
        })) {
      result.push_back(name);
    }
  }
  return result;
}

Result<std::vector<std::string>> Store::mounts(const std::string& name) const {
  auto table = read_mount_table(environment_->kernel, environment_->mounts);
  if (!table) return std::unexpected(table.error());
  const std::string place = folder(name);
  std::vector<std::string> result;
  for (auto& mount : *table) {
    if (is_within(mount.point, place)) result.push_back(std::move(mount.point));
  }
  std::ranges::reverse(result);
  return result;
}

std::string enumeration(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace libjail::roots
