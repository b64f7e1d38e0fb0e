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
  const int fd = ::openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
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
  const auto base = open_at(AT_FDCWD, state_dir.c_str(), O_RDONLY | O_DIRECTORY);
  if (!base) return fail(base.error(), what);
  if (::mkdirat(base->get(), kind, 0700) < 0 && errno != EEXIST) return fail(errno, what);
  auto directory = open_at(base->get(), kind, O_RDONLY | O_DIRECTORY);
  if (!directory) return fail(directory.error(), what);
  auto lock = open_at(base->get(), "lock", O_RDWR | O_CREAT, 0600);
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
  return open_at(directory_.get(), name.c_str(), O_RDWR);
}

Result<UniqueFd> StateFolder::create(const std::string& name, const std::string& text) const {
  const std::string what = "state file " + path_ + "/" + name;
  auto file = open_at(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
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
