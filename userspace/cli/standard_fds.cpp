// SPDX-License-Identifier: BSD-2-Clause
#include "cli/standard_fds.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace cli {

bool open_standard_fds() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest free number is this one, as those below are open. Not close-on-exec: the command
    // shall have it.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR | O_NOCTTY) != fd) return false;
  }
  return true;
}

}  // namespace cli
