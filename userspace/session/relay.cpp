// SPDX-License-Identifier: BSD-2-Clause
#include "session/relay.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "cli/messages.hpp"
#include "session/terminal.hpp"

namespace session {
namespace {

constexpr std::size_t kChunk = 4096;
constexpr int kMaxDrain = 1024;
constexpr int kLookAgain = 100;  // milliseconds, while somebody else has the keyboard
constexpr char kEndOfFile = 4;   // control-D, unless the terminal has another character for it

char end_of_file(int terminal) {
  termios modes{};
  return ::tcgetattr(terminal, &modes) == 0 ? static_cast<char>(modes.c_cc[VEOF]) : kEndOfFile;
}

bool ready(const std::vector<pollfd>& polls, int fd, short events) {
  for (const auto& poll : polls) {
    if (poll.fd == fd && (poll.revents & (events | POLLHUP | POLLERR)) != 0) return true;
  }
  return false;
}

}  // namespace

bool Relay::may_read_keyboard() const {
  if (ends_.keyboard < 0 || ended_ || !input_.empty() || !ends_.to_jail) return false;
  if (!in_foreground(ends_.keyboard)) return false;
  return !ends_.shared || in_line_mode(ends_.keyboard);
}

int Relay::prepare(std::vector<pollfd>& polls) const {
  if (ends_.from_jail) {
    polls.push_back({.fd = ends_.from_jail.get(), .events = POLLIN, .revents = 0});
  }
  if (!input_.empty() && ends_.to_jail) {
    polls.push_back({.fd = ends_.to_jail.get(), .events = POLLOUT, .revents = 0});
  }
  if (may_read_keyboard()) {
    polls.push_back({.fd = ends_.keyboard, .events = POLLIN, .revents = 0});
    return -1;
  }
  return ends_.keyboard >= 0 && !ended_ && input_.empty() ? kLookAgain : -1;
}

void Relay::handle(const std::vector<pollfd>& polls) {
  if (ends_.from_jail && ready(polls, ends_.from_jail.get(), POLLIN)) read_output();
  // Asked again: whoever took the keyboard over meanwhile shall have it.
  if (may_read_keyboard() && ready(polls, ends_.keyboard, POLLIN)) read_keyboard();
  flush_input();
}

void Relay::read_keyboard() {
  std::array<char, kChunk> buffer{};
  const ssize_t got = ::read(ends_.keyboard, buffer.data(), buffer.size());
  if (got > 0) {
    input_.assign(buffer.data(), static_cast<std::size_t>(got));
  } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
    if (!ends_.pty) {
      ended_ = true;
      ends_.to_jail.reset();
    } else {
      ended_ = got < 0 || !ends_.shared;  // a terminal in line mode can go on after control-D
      input_.assign(1, end_of_file(ends_.to_jail.get()));
    }
  }
}

void Relay::flush_input() {
  while (!input_.empty() && ends_.to_jail) {
    const ssize_t written = ::write(ends_.to_jail.get(), input_.data(), input_.size());
    if (written > 0) {
      input_.erase(0, static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      ends_.to_jail.reset();
    }
  }
}

bool Relay::read_output() {
  std::array<char, kChunk> buffer{};
  const ssize_t got = ::read(ends_.from_jail.get(), buffer.data(), buffer.size());
  if (got > 0) {
    if (ends_.screen >= 0) {
      cli::write_all(ends_.screen, {buffer.data(), static_cast<std::size_t>(got)});
    }
    return true;
  }
  if (got < 0 && errno == EINTR) return true;
  if (got == 0 || errno != EAGAIN) ends_.from_jail.reset();  // EIO: no process has it open
  return false;
}

void Relay::drain() {
  // Bounded, as a process that the command left behind may go on writing.
  for (int i = 0; i < kMaxDrain && ends_.from_jail && read_output(); ++i) {
  }
}

void Relay::resize() const {
  winsize size{};
  const int caller = ends_.screen >= 0 ? ends_.screen : ends_.keyboard;
  if (ends_.pty && ends_.to_jail && ::ioctl(caller, TIOCGWINSZ, &size) == 0) {
    ::ioctl(ends_.to_jail.get(), TIOCSWINSZ, &size);
  }
}

}  // namespace session
