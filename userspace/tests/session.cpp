// SPDX-License-Identifier: BSD-2-Clause
#include "tests/session.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "tests/host.hpp"

namespace guest {

Session::Session(const std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  winsize size{.ws_row = 33, .ws_col = 99, .ws_xpixel = 0, .ws_ypixel = 0};
  int slave = -1;
  if (::openpty(&master_, &slave, nullptr, nullptr, &size) < 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(master_);
    ::login_tty(slave);
    ::execv(pointers[0], pointers.data());
    ::_exit(99);
  }
  slave_ = slave;
}

Session::~Session() {
  ::close(master_);
  ::close(slave_);
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void Session::type(const std::string& text) const {
  ASSERT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

bool Session::has_shown(const std::string& text) {
  read_some();
  return screen.find(text) != std::string::npos;
}

bool Session::shows(const std::string& text) {
  return comes_true([&] { return has_shown(text); });
}

int Session::wait() {
  int status = 0;
  comes_true([&] {
    read_some();
    return ::waitpid(pid_, &status, WNOHANG) == pid_;
  })
      ? static_cast<void>(pid_ = -1)
      : ADD_FAILURE() << "it does not end; the screen shows: " << screen;
  read_some();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Session::in_line_mode() const {
  termios modes{};
  return ::tcgetattr(slave_, &modes) == 0 && (modes.c_lflag & ICANON) != 0;
}

void Session::resize(unsigned short rows) const {
  const winsize size{.ws_row = rows, .ws_col = 99, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(master_, TIOCSWINSZ, &size), 0);
}

void Session::read_some() {
  std::array<char, 4096> buffer{};
  pollfd poll{.fd = master_, .events = POLLIN, .revents = 0};
  while (::poll(&poll, 1, 5) > 0 && (poll.revents & POLLIN) != 0) {
    const ssize_t got = ::read(master_, buffer.data(), buffer.size());
    if (got <= 0) return;
    screen.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace guest
