// SPDX-License-Identifier: BSD-2-Clause
// What lies in a root directory that should not.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "doctor/device.hpp"
#include "doctor/findings.hpp"

namespace libjail::doctor {

/// Device and inode of a file.
using FileId = std::pair<dev_t, std::uint64_t>;

struct TreeTraits {
  std::string prefix{};       ///< what makes the jail's paths such of the host
  std::string point = "/";    ///< where the jail sees the top of the tree
  bool nodev = false;         ///< device nodes in it cannot be opened
  bool has_own_links = true;  ///< a file with several names is the same for all of them
  bool repairable = false;    ///< it is the root directory, not something mounted there
};

/// Looks at the files of one tree: dev-*, node-outside-dev, suid-dev, sock-host, link-shared.
class FileCheck {
 public:
  /// @param sockets  of servers of the host, with their places
  FileCheck(const Drivers& drivers, const std::map<FileId, std::string>& sockets, TreeTraits traits,
            Collector& found)
      : drivers_(drivers), sockets_(sockets), traits_(std::move(traits)), found_(found) {}

  void visit(const std::string& path, const struct statx& st);
  /// After the last file: what needs to have seen them all.
  void finish();

 private:
  struct Links {
    std::uint32_t all;
    std::uint32_t seen;
    std::string path;  ///< of the first
  };

  [[nodiscard]] std::string place(const std::string& path) const;
  [[nodiscard]] std::string remove_command(const std::string& path) const;
  void visit_node(const std::string& path, const struct statx& st);
  void visit_file(const std::string& path, const struct statx& st);

  const Drivers& drivers_;
  const std::map<FileId, std::string>& sockets_;
  TreeTraits traits_;
  Collector& found_;
  std::map<FileId, Links> links_;
  bool too_many_links_ = false;
};

}  // namespace libjail::doctor
