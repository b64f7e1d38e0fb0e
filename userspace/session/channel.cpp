// SPDX-License-Identifier: BSD-2-Clause
#include "session/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace session {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxDescriptors = 4;

std::vector<libjail::UniqueFd> take_descriptors(msghdr& header) {
  std::vector<libjail::UniqueFd> descriptors;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
  return descriptors;
}

}  // namespace

libjail::Result<std::pair<Channel, Channel>> Channel::make() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) < 0) {
    return libjail::fail(errno, "make a socket pair");
  }
  return std::pair(Channel(libjail::UniqueFd(ends[0])), Channel(libjail::UniqueFd(ends[1])));
}

bool Channel::move_to(int fd) {
  if (socket_.get() == fd) return true;
  if (::dup3(socket_.get(), fd, O_CLOEXEC) < 0) return false;
  socket_.reset(fd);
  return true;
}

void Channel::send(Message::Kind kind, std::string_view text,
                   std::span<const int> descriptors) const {
  char type = static_cast<char>(kind);
  std::array<iovec, 2> parts{iovec{.iov_base = &type, .iov_len = 1},
                             iovec{.iov_base = const_cast<char*>(text.data()),
                                   .iov_len = std::min(text.size(), kMaxText)}};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> control{};
  if (!descriptors.empty() && descriptors.size() <= kMaxDescriptors) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
  }
  while (::sendmsg(socket_.get(), &header, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

std::optional<Message> Channel::receive() {
  if (!socket_) return {};
  char type = static_cast<char>(Message::Kind::kError);
  std::array<char, kMaxText> text{};
  std::array<iovec, 2> parts{iovec{.iov_base = &type, .iov_len = 1},
                             iovec{.iov_base = text.data(), .iov_len = text.size()}};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> control{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = ::recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  // The kernel may tell of the end before the last message, where both come as it looks.
  if (got == 0) {
    header.msg_controllen = control.size();
    got = ::recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got <= 0) {
    close();
    return {};
  }
  return Message{.kind = static_cast<Message::Kind>(type),
                 .text = std::string(text.data(), static_cast<std::size_t>(got) - 1),
                 .descriptors = take_descriptors(header)};
}

}  // namespace session
