// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/load.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "jail/name.hpp"
#include "jail/read_file.hpp"
#include "lib/conf/glob.hpp"
#include "lib/conf/trusted_file.hpp"

namespace libjail::conf {
namespace {

/// With the statement that asked for the file, where there is one.
Error located(const Error& error, const Include* asker) {
  if (asker == nullptr) return error;
  return {.code = error.code,
          .what = asker->position.text() + ": " + error.what,
          .remedy = error.remedy};
}

class Loader {
 public:
  explicit Loader(Kernel& kernel) : kernel_(kernel) {}

  Result<void> file(const std::string& path, const Include* asker);
  Result<void> text(const std::string& text, const std::string& path);
  Document take() { return std::move(document_); }

 private:
  struct Open {
    std::string path;
    dev_t device;
    ino_t inode;
  };

  Result<void> include(const Include& include, const std::string& file);
  /// "a includes b includes a"
  [[nodiscard]] std::optional<std::string> cycle(const TrustedFile& file,
                                                 const std::string& path) const;

  Kernel& kernel_;
  Document document_;
  std::vector<Open> open_;
  std::size_t files_ = 0;
  std::size_t size_ = 0;
};

std::optional<std::string> Loader::cycle(const TrustedFile& file, const std::string& path) const {
  std::string chain;
  for (const auto& open : open_) {
    if (!chain.empty() || (open.device == file.device && open.inode == file.inode)) {
      chain += open.path + " includes ";
    }
  }
  if (chain.empty()) return {};
  return chain + path;
}

Result<void> Loader::file(const std::string& path, const Include* asker) {
  const auto refuse = [asker](int code, const std::string& what, const std::string& remedy = {}) {
    return std::unexpected(located({.code = code, .what = what, .remedy = remedy}, asker));
  };
  auto read = read_trusted(kernel_, path);
  if (!read) return std::unexpected(located(read.error(), asker));
  if (const auto chain = cycle(*read, path); chain) {
    return refuse(0, "the file includes itself: " + *chain);
  }
  if (open_.size() >= kMaxIncludeDepth) {
    return refuse(0, "more than " + std::to_string(kMaxIncludeDepth) + " files include each other");
  }
  if (++files_ > kMaxFiles) {
    return refuse(EFBIG, "more than " + std::to_string(kMaxFiles) + " files");
  }
  size_ += read->text.size();
  if (size_ > kMaxTotalSize) {
    return refuse(EFBIG, "the files have more than " + std::to_string(kMaxTotalSize) + " bytes");
  }
  open_.push_back({.path = path, .device = read->device, .inode = read->inode});
  auto done = text(read->text, path);
  open_.pop_back();
  return done;
}

Result<void> Loader::text(const std::string& text, const std::string& path) {
  auto parsed = parse(text, path);
  if (!parsed) return std::unexpected(parsed.error());
  for (auto& item : parsed->items) {
    if (const auto* wanted = std::get_if<Include>(&item)) {
      if (auto done = include(*wanted, path); !done) return done;
    } else {
      document_.items.push_back(std::move(item));
    }
  }
  return {};
}

Result<void> Loader::include(const Include& include, const std::string& file) {
  std::string pattern = include.pattern;
  if (const auto slash = file.rfind('/'); !pattern.starts_with('/') && slash != std::string::npos) {
    pattern.insert(0, file, 0, slash + 1);
  }
  const auto paths = expand_pattern(pattern);
  if (!paths) return std::unexpected(located(paths.error(), &include));
  for (const auto& path : *paths) {
    if (auto done = this->file(path, &include); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::string> find_file(Kernel& kernel, const std::string& directory, std::string_view name) {
  std::vector<std::string> candidates{directory + "/jail.conf"};
  if (!name.empty()) {
    const auto parsed = parse_name(name);  // no slash can be in it
    if (!parsed) return std::unexpected(parsed.error());
    candidates.insert(candidates.begin(), {directory + "/jail." + *parsed + ".conf",
                                           directory + "/jail.conf.d/" + *parsed + ".conf"});
  }
  std::string looked;
  for (const auto& path : candidates) {
    const open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = 0};
    const auto fd = kernel.openat2(AT_FDCWD, path.c_str(), how);
    if (fd) return path;
    if (fd.error() != ENOENT) return fail(fd.error(), path);
    looked += (looked.empty() ? "" : ", ") + path;
  }
  return fail(ENOENT,
              "no configuration" + (name.empty() ? "" : " of jail \"" + std::string(name) + "\""),
              "looked for " + looked);
}

Result<Document> load(Kernel& kernel, const std::string& path) {
  Loader loader(kernel);
  Result<void> done;
  if (path == "-") {
    const auto text = read_all(STDIN_FILENO);
    if (!text) return fail(text.error(), "standard input");
    done = loader.text(*text, "stdin");
  } else {
    done = loader.file(path, nullptr);
  }
  if (!done) return std::unexpected(done.error());
  return loader.take();
}

}  // namespace libjail::conf
