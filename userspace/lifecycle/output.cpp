// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/output.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "cli/messages.hpp"

namespace libjail::lifecycle {
namespace {

using Buffer = std::array<char, 4096>;

}  // namespace

Result<Output> Output::make() {
  Output output;
  for (std::size_t i = 0; i < 2; ++i) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) < 0) return fail(errno, "make a pipe");
    output.readable_.at(i).reset(ends[0]);
    output.writable_.at(i).reset(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  return output;
}

std::array<pollfd, 2> Output::polls() const {
  std::array<pollfd, 2> polls{};
  for (std::size_t i = 0; i < 2; ++i) {
    polls.at(i) = {.fd = readable_.at(i).get(), .events = POLLIN, .revents = 0};
  }
  return polls;
}

void Output::copy() const {
  Buffer buffer{};
  for (std::size_t i = 0; i < 2; ++i) {
    // No more than is there now: a jail may write without an end.
    int left = 0;
    if (::ioctl(readable_.at(i).get(), FIONREAD, &left) < 0) continue;
    while (left > 0) {
      const ssize_t got = ::read(readable_.at(i).get(), buffer.data(),
                                 std::min(buffer.size(), static_cast<std::size_t>(left)));
      if (got <= 0) break;
      // A reader that is gone is no reason to leave a jail half made.
      cli::write_all(static_cast<int>(i) + 1, {buffer.data(), static_cast<std::size_t>(got)});
      left -= static_cast<int>(got);
    }
  }
}

std::vector<int> Output::readable() const { return {readable_[0].get(), readable_[1].get()}; }

bool discard(int fd) {
  Buffer buffer{};
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
  }
}

}  // namespace libjail::lifecycle
