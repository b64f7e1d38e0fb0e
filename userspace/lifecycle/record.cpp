// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/record.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "jail/conf/syntax.hpp"
#include "jail/name.hpp"
#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::lifecycle {
namespace {

constexpr const char* kFolder = "records";
constexpr auto kFiles = std::to_array<const char*>({"jail.conf", "state", "keeper", "new"});
constexpr auto kPhases =
    std::to_array<const char*>({"new", "prepare", "prestart", "create", "started", "stop"});
constexpr int kPause = 20;  // milliseconds between two looks at a lock

Sys<UniqueFd> open_at(int dir, const char* name, int flags, mode_t mode = 0) {
  const int fd = ::openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
}

std::string folder(const std::string& state_dir) { return state_dir + "/" + kFolder; }

std::string what(const std::string& name) { return "record of jail \"" + name + "\""; }

Result<void> check_name(const std::string& name) {
  if (const auto good = parse_name(name); !good) return std::unexpected(good.error());
  if (!name.starts_with('.')) return {};
  return fail(EINVAL, "name \"" + name + "\" begins with a dot", "take another name");
}

/// The folder of all records.
Sys<UniqueFd> open_folder(const std::string& state_dir, bool make) {
  if (make) {
    if (::mkdir(state_dir.c_str(), 0755) < 0 && errno != EEXIST) return std::unexpected(errno);
    if (::mkdir(folder(state_dir).c_str(), 0700) < 0 && errno != EEXIST) {
      return std::unexpected(errno);
    }
  }
  return open_at(AT_FDCWD, folder(state_dir).c_str(), O_RDONLY | O_DIRECTORY);
}

/// Whether @p lock is still the one that others find, and not one that was taken away.
bool is_current(int directory, int lock) {
  struct stat ours {};
  struct stat found {};
  return ::fstat(lock, &ours) == 0 &&
         ::fstatat(directory, "lock", &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == found.st_ino;
}

std::string read_at(int directory, const char* name) {
  const auto file = open_at(directory, name, O_RDONLY);
  return file ? read_all(file->get()).value_or("") : "";
}

Result<conf::JailSettings> parse_settings(const std::string& text, const std::string& name) {
  const auto document = conf::parse(text, what(name));
  if (!document) return std::unexpected(document.error());
  auto jails = conf::resolve(*document);
  if (!jails) return std::unexpected(jails.error().front());
  if (jails->size() != 1 || jails->front().name != name) return fail(0, what(name) + " is damaged");
  return std::move(jails->front());
}

}  // namespace

Result<std::optional<Record>> Record::lock(const std::string& state_dir, const std::string& name,
                                           int patience_ms, bool make) {
  for (int waited = 0;;) {
    auto parent = open_folder(state_dir, make);
    if (!parent && parent.error() == ENOENT && !make) return std::nullopt;
    if (!parent) return fail(parent.error(), folder(state_dir));
    if (make && ::mkdirat(parent->get(), name.c_str(), 0700) < 0 && errno != EEXIST) {
      return fail(errno, what(name));
    }
    auto directory = open_at(parent->get(), name.c_str(), O_RDONLY | O_DIRECTORY);
    if (!directory && directory.error() == ENOENT) {
      if (!make) return std::nullopt;
      continue;  // another one has just taken it away
    }
    if (!directory) return fail(directory.error(), what(name));
    auto lock = open_at(directory->get(), "lock", O_RDWR | O_CREAT, 0600);
    if (!lock && lock.error() == ENOENT) continue;
    if (!lock) {
      if (make) ::unlinkat(parent->get(), name.c_str(), AT_REMOVEDIR);  // if it is empty
      return fail(lock.error(), what(name));
    }
    if (::flock(lock->get(), LOCK_EX | LOCK_NB) == 0) {
      if (!is_current(directory->get(), lock->get())) continue;
      return Record(name, std::move(*parent), std::move(*directory), std::move(*lock));
    }
    if (errno != EWOULDBLOCK) return fail(errno, what(name));
    if (waited >= patience_ms) {
      return fail(EBUSY, "another jail(8) is at work on jail \"" + name + "\"", "try again later");
    }
    ::usleep(kPause * 1000);
    waited += kPause;
  }
}

Result<Record> Record::take(const std::string& state_dir, const std::string& name,
                            int patience_ms) {
  if (auto good = check_name(name); !good) return std::unexpected(good.error());
  auto made = lock(state_dir, name, patience_ms, true);
  if (!made) return std::unexpected(made.error());
  std::optional<Record>& record = *made;
  if (!record) return fail(ENOENT, what(name));
  return *std::move(record);
}

Result<std::optional<Record>> Record::find(const std::string& state_dir, const std::string& name,
                                           int patience_ms) {
  if (!check_name(name)) return std::nullopt;
  return lock(state_dir, name, patience_ms, false);
}

Result<std::vector<std::string>> Record::names(const std::string& state_dir) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder(state_dir).c_str()), ::closedir);
  if (!dir && errno == ENOENT) return names;
  if (!dir) return fail(errno, folder(state_dir));
  while (const dirent* entry = ::readdir(dir.get())) {
    if (check_name(entry->d_name)) names.emplace_back(entry->d_name);
  }
  return names;
}

Result<std::optional<conf::JailSettings>> Record::read(Kernel& kernel, const std::string& state_dir,
                                                       const std::string& name) {
  if (!check_name(name)) return std::nullopt;
  const std::string path = folder(state_dir) + "/" + name + "/jail.conf";
  const auto text = read_file(kernel, AT_FDCWD, path.c_str(), RESOLVE_NO_SYMLINKS);
  if (!text && text.error() == ENOENT) return std::nullopt;
  if (!text) return fail(text.error(), what(name));
  auto settings = parse_settings(*text, name);
  if (!settings) return std::unexpected(settings.error());
  return *std::move(settings);
}

std::optional<conf::JailSettings> Record::peek(Kernel& kernel, const std::string& state_dir,
                                               const std::string& name) {
  return read(kernel, state_dir, name).value_or(std::nullopt);
}

Result<void> Record::write(const char* file, const std::string& text) const {
  const auto failed = [this, file](int code) {
    ::unlinkat(directory_.get(), "new", 0);
    return fail(code, what(name_) + ": " + file);
  };
  const auto fd = open_at(directory_.get(), "new", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (!fd) return failed(fd.error());
  const ssize_t written = ::write(fd->get(), text.data(), text.size());
  if (written < 0) return failed(errno);
  if (static_cast<std::size_t>(written) != text.size()) return failed(ENOSPC);
  if (::renameat(directory_.get(), "new", directory_.get(), file) < 0) return failed(errno);
  return {};
}

Result<void> Record::set_state(const State& state) const {
  return write("state", std::string(kPhases.at(static_cast<std::size_t>(state.phase))) + " " +
                            std::to_string(state.jail.jid) + " " +
                            std::to_string(state.jail.start_time) + "\n");
}

State Record::state() const {
  std::string text = read_at(directory_.get(), "state");
  if (text.ends_with('\n')) text.pop_back();
  const auto fields = split(text, ' ');
  State state;
  if (fields.size() != 3) return state;
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    if (fields[0] == kPhases.at(i)) state.phase = static_cast<Phase>(i);
  }
  state.jail.jid = parse_number<std::uint32_t>(fields[1]).value_or(0);
  state.jail.start_time = parse_number<std::uint64_t>(fields[2]).value_or(0);
  return state;
}

Result<void> Record::set_settings(const conf::JailSettings& settings) const {
  return write("jail.conf", conf::print(conf::Document{.items = {block_of(settings)}}));
}

Result<conf::JailSettings> Record::settings(Kernel& kernel) const {
  const auto text = read_file(kernel, directory_.get(), "jail.conf", RESOLVE_NO_SYMLINKS);
  if (!text) return fail(text.error(), what(name_));
  return parse_settings(*text, name_);
}

Result<UniqueFd> Record::keep() const {
  auto file = open_at(directory_.get(), "keeper", O_RDWR | O_CREAT, 0600);
  if (!file) return fail(file.error(), what(name_) + ": keeper");
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (::fcntl(file->get(), F_SETLK, &whole) < 0) return fail(errno, what(name_) + ": keeper");
  // For systemd, which finds the process to watch so; we ask the lock.
  if (::ftruncate(file->get(), 0) < 0 || ::dprintf(file->get(), "%d\n", ::getpid()) < 0) {
    return fail(errno, what(name_) + ": keeper");
  }
  return std::move(*file);
}

pid_t Record::keeper() const {
  const auto file = open_at(directory_.get(), "keeper", O_RDWR);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (!file || ::fcntl(file->get(), F_GETLK, &whole) < 0) return 0;
  return whole.l_type == F_UNLCK ? 0 : whole.l_pid;
}

Result<void> Record::remove() {
  for (const char* file : kFiles) ::unlinkat(directory_.get(), file, 0);
  // The lock is the last: who waits for it finds that it is not the current one any more.
  if (::unlinkat(directory_.get(), "lock", 0) < 0 && errno != ENOENT) {
    return fail(errno, what(name_));
  }
  if (::unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT &&
      errno != ENOTEMPTY) {
    return fail(errno, what(name_));
  }
  lock_.reset();
  return {};
}

conf::Block block_of(const conf::JailSettings& settings) {
  conf::Block block{.name = settings.name, .statements = {}};
  for (const auto& setting : settings.settings) {
    if (setting.parameter->name == "name") continue;
    conf::Statement statement{.name = std::string(setting.parameter->name)};
    if (setting.negated) statement.name.insert(statement.name.rfind('.') + 1, "no");
    for (const auto& value : setting.values) {
      conf::Word word;
      if (!value.text.empty()) word.pieces.push_back({.text = value.text});
      statement.values.push_back(std::move(word));
    }
    block.statements.push_back(std::move(statement));
  }
  return block;
}

}  // namespace libjail::lifecycle
