// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/sources.hpp"

#include <fcntl.h>

#include "jail/read_file.hpp"

namespace libjail::doctor {
namespace {

constexpr std::size_t kMaxSource = std::size_t{64} << 20;  // a busy host has many sockets

}  // namespace

std::string read_source(Kernel& kernel, const Sources& sources, const std::string& name) {
  const std::string path = sources.proc + "/" + name;
  const auto fd = kernel.openat2(AT_FDCWD, path.c_str(),
                                 {.flags = O_RDONLY | O_CLOEXEC, .mode = 0, .resolve = 0});
  if (!fd) return {};
  return read_all(fd->get(), kMaxSource).value_or("");
}

}  // namespace libjail::doctor
