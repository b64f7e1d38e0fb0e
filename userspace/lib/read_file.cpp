// SPDX-License-Identifier: BSD-2-Clause
#include "jail/read_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace libjail {

Sys<std::string> read_file(Kernel& kernel, int dir, const char* path, std::uint64_t resolve,
                           std::size_t most) {
  // Non-blocking, so that a FIFO in the place of the file cannot hold us up.
  const open_how how{
      .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, .mode = 0, .resolve = resolve};
  const auto fd = kernel.openat2(dir, path, how);
  if (!fd) return std::unexpected(fd.error());
  const auto st = kernel.fstat(fd->get());
  if (!st) return std::unexpected(st.error());
  if (!S_ISREG(st->st_mode)) return std::unexpected(EINVAL);
  return read_all(fd->get(), most);
}

Sys<std::string> read_all(int fd, std::size_t most) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > most) return std::unexpected(EFBIG);
  }
}

}  // namespace libjail
