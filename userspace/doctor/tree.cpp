// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/tree.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace libjail::doctor {
namespace {

constexpr std::size_t kBuffer = 4096;
constexpr std::uint64_t kHere = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;

struct Folder {
  UniqueFd fd;
  std::vector<std::string> folders;  ///< in it, that are still to be visited
  std::size_t path_size = 0;         ///< of its own path
};

class TreeWalk {
 public:
  TreeWalk(Kernel& kernel, const TreeLimits& limits, const Visitor& visit,
           const std::function<void(Error)>& gap)
      : kernel_(kernel), limits_(limits), visit_(visit), gap_(gap) {}

  void run(int top) {
    enter(top, ".");
    while (!stack_.empty() && !stopped_) {
      auto& here = stack_.back();
      path_.resize(here.path_size);
      if (here.folders.empty()) {
        stack_.pop_back();
        continue;
      }
      const std::string name = std::move(here.folders.back());
      here.folders.pop_back();
      path_ += (path_.empty() ? "" : "/") + name;
      if (stack_.size() >= limits_.depth) {
        say(0, "folders are nested deeper than " + std::to_string(limits_.depth));
      } else {
        enter(here.fd.get(), name);
      }
    }
  }

 private:
  void say(int code, const std::string& what) {
    gap_({.code = code, .what = "/" + path_ + ": " + what, .remedy = {}});
  }

  void enter(int dir, const std::string& name) {
    auto fd = kernel_.openat2(
        dir, name.c_str(),
        {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, .mode = 0, .resolve = kHere});
    if (!fd) {
      // Gone or replaced meanwhile, or something is mounted there: that is looked at as such.
      if (fd.error() == ENOENT || fd.error() == EXDEV || fd.error() == ELOOP ||
          fd.error() == ENOTDIR) {
        return;
      }
      return say(fd.error(), "open");
    }
    Folder folder{.fd = std::move(*fd), .folders = {}, .path_size = path_.size()};
    read(folder);
    stack_.push_back(std::move(folder));
  }

  void read(Folder& folder) {
    for (;;) {
      const ssize_t got = ::getdents64(folder.fd.get(), buffer_.get(), kBuffer);
      if (got < 0) return say(errno, "read");
      if (got == 0) return;
      for (ssize_t at = 0; at < got && !stopped_;) {
        const auto* entry =
            reinterpret_cast<const dirent64*>(&buffer_[static_cast<std::size_t>(at)]);
        at += entry->d_reclen;
        look(folder, static_cast<const char*>(entry->d_name));
      }
      if (stopped_) return;
    }
  }

  void look(Folder& folder, const std::string& name) {
    if (name == "." || name == "..") return;
    if (++files_ > limits_.files) {
      say(0, "there are more than " + std::to_string(limits_.files) + " files");
      stopped_ = true;
      return;
    }
    path_ += (path_.empty() ? "" : "/") + name;
    struct statx st {};
    if (::statx(folder.fd.get(), name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                STATX_BASIC_STATS, &st) == 0) {
      // A mount point shows what is mounted there.
      if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0) {
        visit_(path_, st);
        if (S_ISDIR(st.stx_mode)) folder.folders.push_back(name);
      }
    } else if (errno != ENOENT) {
      say(errno, "look");
    }
    path_.resize(folder.path_size);
  }

  Kernel& kernel_;
  const TreeLimits& limits_;
  const Visitor& visit_;
  const std::function<void(Error)>& gap_;
  std::vector<Folder> stack_;
  std::string path_;
  std::uint64_t files_ = 0;
  bool stopped_ = false;
  std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
};

}  // namespace

void walk(Kernel& kernel, int top, const TreeLimits& limits, const Visitor& visit,
          const std::function<void(Error)>& gap) {
  TreeWalk(kernel, limits, visit, gap).run(top);
}

}  // namespace libjail::doctor
