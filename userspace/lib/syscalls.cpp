// SPDX-License-Identifier: BSD-2-Clause
// The three system calls, as the C library would have them.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/libjail.h"

#ifndef SYS_jail  // the numbers of our private block, the same on every architecture we support
#define SYS_jail 500
#define SYS_jail_attach 501
#define SYS_jail_open 502
#endif

int jail(const struct jail_args* args, size_t size, unsigned int flags) {
  return static_cast<int>(::syscall(SYS_jail, args, size, flags));
}

int jail_attach(int jailfd, unsigned int flags) {
  return static_cast<int>(::syscall(SYS_jail_attach, jailfd, flags));
}

int jail_open(uint32_t jid, unsigned int flags) {
  return static_cast<int>(::syscall(SYS_jail_open, jid, flags));
}
