// SPDX-License-Identifier: BSD-2-Clause
#include "lib/state_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

namespace libjail {
namespace {

Sys<UniqueFd> open_at(int dir, const char* name, int flags, mode_t mode = 0) {
  const int fd = ::openat(dir, name, flags | O_NOFOLLOW, mode);
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
}

Sys<UniqueFd> open_folder(int dir, const char* name) {
  return open_at(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// With a lock that those whom we execute inherit: where we are killed, it lasts until the helper
/// is done. Else its change of the host would come after the next process has looked for what we
/// left, and would stay for ever.
Sys<UniqueFd> open_lock(int dir, const char* name, int flags) {
  return open_at(dir, name, O_RDWR | flags, 0600);
}

}  // namespace

Sys<void> lock_file(int file, int operation) {
  while (::flock(file, operation) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  return {};
}

std::string read_state(int file) {
  std::array<char, 256> buffer{};
  const ssize_t got = ::pread(file, buffer.data(), buffer.size(), 0);
  std::string text(buffer.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
  if (!text.ends_with('\n')) return {};
  text.pop_back();
  return text;
}

Result<StateFolder> StateFolder::open(const std::string& state_dir, const char* kind) {
  const std::string what = "state folder " + state_dir;
  if (::mkdir(state_dir.c_str(), 0755) < 0 && errno != EEXIST) return fail(errno, what);
  const auto base = open_folder(AT_FDCWD, state_dir.c_str());
  if (!base) return fail(base.error(), what);
  if (::mkdirat(base->get(), kind, 0700) < 0 && errno != EEXIST) return fail(errno, what);
  auto directory = open_folder(base->get(), kind);
  if (!directory) return fail(directory.error(), what);
  auto lock = open_lock(base->get(), "lock", O_CREAT);
  if (!lock) return fail(lock.error(), what + "/lock");
  if (const auto locked = lock_file(lock->get(), LOCK_EX); !locked) {
    return fail(locked.error(), what + "/lock");
  }
  return StateFolder(state_dir + "/" + kind, *std::move(directory), *std::move(lock));
}

bool StateFolder::exists(const std::string& state_dir, const char* kind) {
  return ::access((state_dir + "/" + kind).c_str(), F_OK) == 0;
}

Sys<UniqueFd> StateFolder::file(const std::string& name) const {
  return open_lock(directory_.get(), name.c_str(), 0);
}

Result<UniqueFd> StateFolder::create(const std::string& name, const std::string& text) const {
  const std::string what = "state file " + path_ + "/" + name;
  auto file = open_lock(directory_.get(), name.c_str(), O_CREAT | O_TRUNC);
  if (!file) return fail(file.error(), what);
  const std::string line = text + "\n";
  const ssize_t written = ::write(file->get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    const int error = written < 0 ? errno : ENOSPC;
    ::unlinkat(directory_.get(), name.c_str(), 0);
    return fail(error, what);
  }
  return *std::move(file);
}

Result<void> StateFolder::remove(const std::string& name) const {
  if (::unlinkat(directory_.get(), name.c_str(), 0) < 0) {
    return fail(errno, "state file " + path_ + "/" + name);
  }
  return {};
}

Result<std::vector<std::string>> StateFolder::names() const {
  const int copy = ::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!dir) return fail(errno, "state folder " + path_);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace libjail
