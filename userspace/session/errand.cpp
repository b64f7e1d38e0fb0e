// SPDX-License-Identifier: BSD-2-Clause
#include "session/errand.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

namespace session {

void finish_errand(pid_t child) {
  for (;;) {
    int status = 0;
    if (::waitpid(child, &status, WUNTRACED) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (!WIFSTOPPED(status)) return;
    ::kill(child, SIGKILL);
  }
}

}  // namespace session
