// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/trusted_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::conf {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel has it

/// A walk through a path, a name at a time.
class Walk {
 public:
  Walk(Kernel& kernel, const std::string& path) : kernel_(kernel), path_(path) {}

  Result<TrustedFile> run();

 private:
  struct Entry {
    UniqueFd fd;
    struct stat st {};
  };

  [[nodiscard]] std::unexpected<Error> failed(int code) const { return fail(code, path_); }
  Result<void> start(const std::string& path);
  Result<Entry> look(const std::string& name, std::uint64_t flags);
  Result<void> follow(const Entry& link);
  Result<TrustedFile> read(const std::string& name);

  Kernel& kernel_;
  const std::string& path_;
  std::deque<std::string> names_;
  UniqueFd directory_;
  std::string at_;       ///< the directory's name, for messages
  bool shared_ = false;  ///< everybody may write to the directory
  int links_ = 0;
};

/// Puts the names of @p path in front of those that are left.
Result<void> Walk::start(const std::string& path) {
  const auto parts = split(path, '/');
  names_.insert(names_.begin(), parts.begin(), parts.end());
  if (!path.starts_with('/')) return {};
  const open_how how{.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0};
  auto root = kernel_.openat2(AT_FDCWD, "/", how);
  if (!root) return failed(root.error());
  directory_ = std::move(*root);
  at_.clear();
  shared_ = false;
  return {};
}

Result<Walk::Entry> Walk::look(const std::string& name, std::uint64_t flags) {
  const open_how how{.flags = flags | O_NOFOLLOW | O_CLOEXEC, .mode = 0, .resolve = 0};
  auto fd = kernel_.openat2(directory_.get(), name.c_str(), how);
  if (!fd) return failed(fd.error());
  const auto st = kernel_.fstat(fd->get());
  if (!st) return failed(st.error());
  if (const auto reason = distrust(*st, ::geteuid(), shared_); reason) {
    return fail(EPERM, at_ + "/" + name + " " + *reason,
                "what a configuration says is done as root, so only root may change it");
  }
  return Entry{.fd = std::move(*fd), .st = *st};
}

Result<void> Walk::follow(const Entry& link) {
  if (++links_ > kMaxLinks) return failed(ELOOP);
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(link.fd.get(), "", target.data(), target.size());
  if (size < 0) return failed(errno);
  return start({target.data(), static_cast<std::size_t>(size)});
}

Result<TrustedFile> Walk::read(const std::string& name) {
  // Non-blocking, so that a FIFO in the place of the file cannot hold us up.
  auto file = look(name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file) return std::unexpected(file.error());
  auto text = read_all(file->fd.get());
  if (!text && text.error() == EFBIG) {
    return fail(EFBIG, path_, "at most " + std::to_string(kMaxFileSize) + " bytes");
  }
  if (!text) return failed(text.error());
  return TrustedFile{.text = std::move(*text), .device = file->st.st_dev, .inode = file->st.st_ino};
}

Result<TrustedFile> Walk::run() {
  std::array<char, PATH_MAX> here{};
  if (!path_.starts_with('/')) {
    if (::getcwd(here.data(), here.size()) == nullptr) return failed(errno);
    if (auto done = start(here.data()); !done) return std::unexpected(done.error());
    names_.emplace_back(".");
    const auto parts = split(path_, '/');
    names_.insert(names_.end(), parts.begin(), parts.end());
  } else if (auto done = start(path_); !done) {
    return std::unexpected(done.error());
  }

  while (!names_.empty()) {
    const std::string name = std::move(names_.front());
    names_.pop_front();
    if (name.empty() || name == ".") continue;
    auto entry = look(name, O_PATH);
    if (!entry) return std::unexpected(entry.error());
    if (S_ISLNK(entry->st.st_mode)) {
      if (auto done = follow(*entry); !done) return std::unexpected(done.error());
    } else if (S_ISDIR(entry->st.st_mode)) {
      directory_ = std::move(entry->fd);
      at_ += "/" + name;
      shared_ = (entry->st.st_mode & S_IWOTH) != 0;
    } else if (!S_ISREG(entry->st.st_mode)) {
      return fail(EINVAL, path_ + " is no regular file");
    } else if (!names_.empty()) {
      return failed(ENOTDIR);
    } else {
      return read(name);
    }
  }
  return failed(EISDIR);
}

}  // namespace

std::optional<std::string> distrust(const struct stat& st, uid_t caller, bool shared) {
  if (st.st_uid != 0 && st.st_uid != caller) {
    return "belongs to user " + std::to_string(st.st_uid);
  }
  const bool directory = S_ISDIR(st.st_mode);
  if (shared && !directory && st.st_nlink != 1) {
    return "has another name elsewhere and stands in a directory that everybody may write to";
  }
  if (S_ISLNK(st.st_mode)) return {};
  if ((st.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  if (directory && (st.st_mode & S_ISVTX) != 0) return {};
  return "can be written to by others than its owner";
}

Result<TrustedFile> read_trusted(Kernel& kernel, const std::string& path) {
  return Walk(kernel, path).run();
}

}  // namespace libjail::conf
