// SPDX-License-Identifier: BSD-2-Clause
#include "session/terminal.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "jail/linux_kernel.hpp"

namespace session {
namespace {

constexpr auto kPtmxPaths = std::to_array<const char*>({"/dev/ptmx", "/dev/pts/ptmx"});

bool is_ptmx(const struct stat& st) { return S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 2); }

}  // namespace

CallerTerminal inspect_terminal() {
  CallerTerminal caller;
  for (int fd = 0; fd < 3; ++fd) {
    termios modes{};
    const bool terminal = ::tcgetattr(fd, &modes) == 0;
    caller.is_terminal.at(static_cast<std::size_t>(fd)) = terminal;
    if (terminal && !caller.modes) {
      caller.modes = modes;
      ::ioctl(fd, TIOCGWINSZ, &caller.size);
    }
  }
  return caller;
}

bool has_ptmx(int root) {
  libjail::LinuxKernel kernel;
  const open_how how{
      .flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  for (const char* path : kPtmxPaths) {
    const auto node = kernel.openat2(root, path, how);
    if (!node) continue;
    if (const auto st = kernel.fstat(node->get()); st && is_ptmx(*st)) return true;
  }
  return false;
}

libjail::Result<Pty> open_pty() {
  Pty pty;
  int code = ENOENT;
  for (const char* path : kPtmxPaths) {
    pty.master.reset(::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!pty.master) {
      code = errno;
      continue;
    }
    struct stat st {};
    if (::fstat(pty.master.get(), &st) == 0 && is_ptmx(st)) break;
    code = ENXIO;
    pty.master.reset();
  }
  const auto failure = [](int error) {
    return libjail::fail(error, "open a terminal in the jail",
                         "redirect standard input, output and error to do without one");
  };
  if (!pty.master) return failure(code);
  int unlock = 0;
  if (::ioctl(pty.master.get(), TIOCSPTLCK, &unlock) < 0) return failure(errno);
  pty.slave.reset(::ioctl(pty.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pty.slave) return failure(errno);
  return pty;
}

void dress_pty(const Pty& pty, const CallerTerminal& caller) {
  ::ioctl(pty.master.get(), TIOCSWINSZ, &caller.size);
  if (!caller.modes) return;
  termios modes = *caller.modes;
  if (!caller.full()) {
    // The caller's terminal stays as it is and does these itself.
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  }
  ::tcsetattr(pty.slave.get(), TCSANOW, &modes);
}

void RawMode::enter() {
  termios modes{};
  if (saved_ || !in_foreground(fd_) || ::tcgetattr(fd_, &modes) < 0) return;
  saved_ = modes;
  ::cfmakeraw(&modes);
  ::tcsetattr(fd_, TCSADRAIN, &modes);
}

void RawMode::leave() {
  if (!saved_) return;
  if (in_foreground(fd_)) ::tcsetattr(fd_, TCSADRAIN, &*saved_);
  saved_.reset();
}

bool in_foreground(int fd) {
  const pid_t group = ::tcgetpgrp(fd);
  return group < 0 || group == ::getpgrp();
}

bool in_line_mode(int fd) {
  termios modes{};
  return ::tcgetattr(fd, &modes) == 0 && (modes.c_lflag & static_cast<tcflag_t>(ICANON)) != 0;
}

}  // namespace session
