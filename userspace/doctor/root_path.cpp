// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/root_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <set>

#include "doctor/text.hpp"
#include "lib/text.hpp"

namespace libjail::doctor {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel has it
constexpr mode_t kByOthers = S_IWGRP | S_IWOTH;

class PathWalk {
 public:
  PathWalk(Kernel& kernel, const std::string& path, Collector& found, uid_t owner)
      : kernel_(kernel), path_(path), found_(found), owner_(owner) {}

  Result<RootDirectory> run() {
    if (path_.empty()) return fail(EINVAL, "root directory", "give its path");
    if (!path_.starts_with('/')) {
      std::array<char, PATH_MAX> here{};
      if (::getcwd(here.data(), here.size()) == nullptr) return fail(errno, path_);
      push(here.data());
    }
    append(path_);
    if (auto done = start(); !done) return std::unexpected(done.error());
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (name.empty() || name == ".") continue;
      if (auto done = step(name); !done) return std::unexpected(done.error());
    }
    judge(true);
    return RootDirectory{.fd = std::move(directory_), .path = at_.empty() ? "/" : at_};
  }

 private:
  void push(std::string_view path) {
    const auto parts = split(path, '/');
    names_.insert(names_.begin(), parts.begin(), parts.end());
  }
  void append(std::string_view path) {
    for (const auto part : split(path, '/')) names_.emplace_back(part);
  }

  Result<void> start() {
    auto root = kernel_.openat2(
        AT_FDCWD, "/", {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0});
    if (!root) return fail(root.error(), path_);
    directory_ = std::move(*root);
    at_.clear();
    return look();
  }

  Result<void> look() {
    const auto st = kernel_.fstat(directory_.get());
    if (!st) return fail(st.error(), path_);
    st_ = *st;
    return {};
  }

  Result<void> step(const std::string& name) {
    auto next = kernel_.openat2(
        directory_.get(), name.c_str(),
        {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_NO_MAGICLINKS});
    if (!next) {
      return fail(next.error(), "root directory " + path_,
                  next.error() == ENOENT ? "make it and put a system into it" : "");
    }
    const auto st = kernel_.fstat(next->get());
    if (!st) return fail(st.error(), path_);
    judge(false);
    if (S_ISLNK(st->st_mode)) return follow(*next, name);
    if (!S_ISDIR(st->st_mode)) return fail(ENOTDIR, "root directory " + path_);
    directory_ = std::move(*next);
    st_ = *st;
    if (name == "..") {
      at_.resize(at_.empty() ? 0 : at_.rfind('/'));
    } else {
      at_ += "/" + name;
    }
    return {};
  }

  Result<void> follow(const UniqueFd& link, const std::string& name) {
    if (++links_ > kMaxLinks) return fail(ELOOP, path_);
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
    if (size < 0) return fail(errno, path_);
    found_.add({.id = "path-symlink",
                .level = Level::kUnsafe,
                .object = at_ + "/" + name,
                .sentence = "is a symbolic link, and may lead elsewhere at the next start",
                .fix = "give the path without it: realpath " + shell_word(path_)});
    const std::string_view where(target.data(), static_cast<std::size_t>(size));
    push(where);
    if (!where.starts_with('/')) return {};
    return start();
  }

  /// Of the directory that the walk is in.
  void judge(bool is_root) {
    const std::string place = at_.empty() ? "/" : at_;
    if (!is_root && !judged_.insert(place).second) return;
    const auto repair = [&](Repair::Action action) -> std::optional<Repair> {
      if (!is_root) return {};
      return Repair{.action = action, .device = st_.st_dev, .inode = st_.st_ino};
    };
    if (st_.st_uid != 0 && !(is_root && st_.st_uid == owner_)) {
      found_.add({.id = "path-owner",
                  .level = Level::kUnsafe,
                  .object = place,
                  .sentence = "belongs to user " + std::to_string(st_.st_uid) +
                              ", who could put another directory there",
                  .fix = "chown root " + shell_word(place),
                  .repair = repair(Repair::Action::kSetOwner)});
    }
    // In a directory such as /tmp nobody can rename what is root's.
    const bool is_sticky = (st_.st_mode & S_ISVTX) != 0 && !is_root;
    const mode_t open = st_.st_mode & (st_.st_gid == 0 ? S_IWOTH : kByOthers);
    if (open != 0 && !is_sticky) {
      found_.add({.id = "path-writable",
                  .level = Level::kUnsafe,
                  .object = place,
                  .sentence = "others than root can write to it",
                  .fix = "chmod go-w " + shell_word(place),
                  .repair = repair(Repair::Action::kSetMode)});
    }
  }

  Kernel& kernel_;
  const std::string& path_;
  Collector& found_;
  uid_t owner_;
  std::deque<std::string> names_;
  UniqueFd directory_;
  std::string at_;
  std::set<std::string> judged_;  ///< places above the root directory
  struct stat st_ {};
  int links_ = 0;
};

}  // namespace

Result<RootDirectory> check_path(Kernel& kernel, const std::string& path, Collector& found,
                                 uid_t owner) {
  return PathWalk(kernel, path, found, owner).run();
}

}  // namespace libjail::doctor
