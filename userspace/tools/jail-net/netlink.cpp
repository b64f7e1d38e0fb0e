// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-net/netlink.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

namespace jail_net {
namespace {

constexpr std::size_t kBufferSize = 8192;

int keep_sentence(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG &&
      mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
    static_cast<Answer*>(data)->sentence = mnl_attr_get_str(attribute);
  }
  return MNL_CB_OK;
}

Answer parse_answer(const nlmsghdr* message) {
  Answer answer;
  if (message->nlmsg_type != NLMSG_ERROR) return {.code = EPROTO};
  const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message));
  answer.code = -error->error;
  if ((message->nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
    // The request comes back before the attributes: whole, unless the kernel capped it.
    std::size_t offset = sizeof *error;
    if ((message->nlmsg_flags & NLM_F_CAPPED) == 0) {
      offset += mnl_nlmsg_get_payload_len(&error->msg);
    }
    mnl_attr_parse(message, static_cast<unsigned int>(offset), keep_sentence, &answer);
  }
  return answer;
}

using Socket = std::unique_ptr<mnl_socket, int (*)(mnl_socket*)>;

/// A socket that the request was sent from, or none and errno.
Socket send(const Message& request) {
  Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), mnl_socket_close);
  if (!socket) return socket;
  int on = 1;
  mnl_socket_setsockopt(socket.get(), NETLINK_EXT_ACK, &on, sizeof on);  // older kernels: no text
  const nlmsghdr* message = request.header();
  if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0 ||
      mnl_socket_sendto(socket.get(), message, message->nlmsg_len) < 0) {
    const int error = errno;
    socket.reset();
    errno = error;
  }
  return socket;
}

}  // namespace

Message::Message(std::uint16_t type, std::uint16_t flags, std::size_t size)
    : buffer_(kBufferSize / sizeof(std::uint64_t)) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  message->nlmsg_seq = 1;
  mnl_nlmsg_put_extra_header(message, size);
}

Answer transact(const Message& request) {
  const Socket socket = send(request);
  if (!socket) return {.code = errno};
  alignas(nlmsghdr) std::array<std::byte, kBufferSize> buffer{};
  const ssize_t got = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  if (got < 0) return {.code = errno};
  const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
  if (!mnl_nlmsg_ok(answer, static_cast<int>(got))) return {.code = EPROTO};
  return parse_answer(answer);
}

int dump(const Message& request, const std::function<void(const nlmsghdr*)>& take) {
  const Socket socket = send(request);
  if (!socket) return errno;
  for (;;) {
    alignas(nlmsghdr) std::array<std::byte, kBufferSize> buffer{};
    const ssize_t got = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (got < 0) return errno;
    int left = static_cast<int>(got);
    const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type == NLMSG_DONE) return 0;
      if (message->nlmsg_type == NLMSG_ERROR) return parse_answer(message).code;
      take(message);
    }
  }
}

libjail::Result<void> request(const Message& message, const std::string& what) {
  const auto answer = transact(message);
  if (answer.code != 0) return libjail::fail(answer.code, what, answer.sentence);
  return {};
}

libjail::Result<unsigned int> index_of(const std::string& interface, const std::string& what) {
  const unsigned int index = ::if_nametoindex(interface.c_str());
  if (index == 0) {
    return libjail::fail(0, what + ": no such interface: " + interface, "ip link lists them");
  }
  return index;
}

}  // namespace jail_net
