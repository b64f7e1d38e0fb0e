// SPDX-License-Identifier: BSD-2-Clause
#include "cli/messages.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

std::string printable(std::string_view text) {
  constexpr unsigned char kFirst = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  constexpr unsigned char kLead = 0xc2;  // of the control characters above ASCII, in UTF-8
  constexpr unsigned char kLast = 0x9f;
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool above = i > 0 && static_cast<unsigned char>(text[i - 1]) == kLead &&
                       byte > kDelete && byte <= kLast;
    if ((byte >= kFirst && byte != kDelete && !above) || byte == '\n' || byte == '\t') {
      shown += text[i];
      continue;
    }
    shown += '\\';
    for (int shift = 6; shift >= 0; shift -= 3) {
      shown += static_cast<char>('0' + (byte >> shift & 7));
    }
  }
  return shown;
}

void Messages::print(std::string_view text) const {
  write_all(STDERR_FILENO, program_ + ": " + printable(text) + "\n");
}

void Messages::warning(std::string_view text) const {
  if (verbosity_ != Verbosity::kQuiet) print(text);
}

void Messages::step(std::string_view text) const {
  if (verbose()) print(text);
}

bool Messages::output(std::string_view text) const {
  if (write_all(STDOUT_FILENO, text)) return true;
  if (errno != EPIPE) error(std::string(kWriteError) + ": " + strerrordesc_np(errno));
  return false;
}

}  // namespace cli
