// SPDX-License-Identifier: BSD-2-Clause
#include "lib/conf/glob.hpp"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace libjail::conf {
namespace {

bool has_wildcard(const std::string& text) {
  return text.find_first_of("*?[") != std::string::npos;
}

/// Adds the names in @p directory ("" or with a slash at its end) that match.
Result<void> match_names(const std::string& directory, const std::string& pattern,
                         std::vector<std::string>& names) {
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  const std::unique_ptr<DIR, Close> stream(::opendir(directory.empty() ? "." : directory.c_str()));
  if (!stream) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return fail(errno, "folder " + directory);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (::fnmatch(pattern.c_str(), entry->d_name, FNM_PATHNAME | FNM_PERIOD) == 0) {
      names.push_back(directory + entry->d_name);
    }
    errno = 0;
  }
  if (errno != 0) return fail(errno, "folder " + directory);
  return {};
}

bool exists(const std::string& path) {
  struct stat st {};
  return ::lstat(path.c_str(), &st) == 0;
}

}  // namespace

Result<std::vector<std::string>> expand_pattern(const std::string& pattern) {
  if (!has_wildcard(pattern)) return std::vector{pattern};
  std::vector<std::string> found{""};
  for (std::size_t start = 0; start <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', start), pattern.size());
    const std::string part = pattern.substr(start, end - start);
    const std::string slash = end < pattern.size() ? "/" : "";
    std::vector<std::string> next;
    for (const auto& directory : found) {
      const std::size_t before = next.size();
      if (!has_wildcard(part)) {
        next.push_back(directory + part);
      } else if (auto done = match_names(directory, part, next); !done) {
        return std::unexpected(done.error());
      }
      for (std::size_t i = before; i < next.size(); ++i) next[i] += slash;
    }
    found = std::move(next);
    start = end + 1;
  }
  std::erase_if(found, [](const std::string& path) { return !exists(path); });
  std::ranges::sort(found);
  return found;
}

}  // namespace libjail::conf
