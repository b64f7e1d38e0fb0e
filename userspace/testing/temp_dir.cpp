// SPDX-License-Identifier: BSD-2-Clause
#include "testing/temp_dir.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace libjail::testing {
namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string pattern = fs::temp_directory_path() / "jail-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempDir::folder(std::string_view name) const { fs::create_directories(*this / name); }

void TempDir::file(std::string_view name, std::string_view text) const {
  fs::create_directories(fs::path(*this / name).parent_path());
  std::ofstream file(*this / name);
  file << text << std::flush;
  if (!file) std::abort();  // a full disk must not look like what a test expects
}

void TempDir::link(std::string_view name, std::string_view target) const {
  fs::create_directories(fs::path(*this / name).parent_path());
  fs::create_symlink(target, *this / name);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd) count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

}  // namespace libjail::testing
