// SPDX-License-Identifier: BSD-2-Clause
// A folder that is gone after the test.
#pragma once

#include <string>
#include <string_view>

namespace libjail::testing {

class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

  // Each takes a path below the folder and makes the folders above it.
  void folder(std::string_view name) const;
  void file(std::string_view name, std::string_view text) const;
  void link(std::string_view name, std::string_view target) const;

 private:
  std::string path_;
};

[[nodiscard]] std::string read_text(const std::string& path);

/// How many descriptors this process has open: a leak shows as a difference.
[[nodiscard]] int open_descriptors();

}  // namespace libjail::testing
