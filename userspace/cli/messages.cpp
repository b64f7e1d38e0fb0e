// SPDX-License-Identifier: BSD-2-Clause
#include "cli/messages.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace cli {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd poll{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&poll, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void Messages::print(std::string_view text) const {
  write_all(STDERR_FILENO, program_ + ": " + std::string(text) + "\n");
}

void Messages::warning(std::string_view text) const {
  if (verbosity_ != Verbosity::kQuiet) print(text);
}

void Messages::step(std::string_view text) const {
  if (verbose()) print(text);
}

}  // namespace cli
