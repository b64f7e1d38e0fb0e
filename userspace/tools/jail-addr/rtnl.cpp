// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-addr/rtnl.hpp"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

#include "jail/unique_fd.hpp"

namespace jail_addr {
namespace {

using libjail::fail;
using libjail::Result;

constexpr std::size_t kBufferSize = 8192;

std::string describe(bool add, const libjail::Alias& alias) {
  return libjail::ip_command(add ? "add" : "del", alias);
}

/// The answer to a request: an errno, and the kernel's sentence about it.
struct Answer {
  int code = 0;
  std::string sentence;
};

int keep_sentence(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG &&
      mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
    static_cast<Answer*>(data)->sentence = mnl_attr_get_str(attribute);
  }
  return MNL_CB_OK;
}

Answer parse_answer(const nlmsghdr* message) {
  Answer answer;
  if (message->nlmsg_type != NLMSG_ERROR) return {.code = EPROTO, .sentence = {}};
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

Answer transact(const nlmsghdr* request) {
  const std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket(
      mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), mnl_socket_close);
  if (!socket) return {.code = errno, .sentence = {}};
  int on = 1;
  mnl_socket_setsockopt(socket.get(), NETLINK_EXT_ACK, &on, sizeof on);  // older kernels: no text
  if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0 ||
      mnl_socket_sendto(socket.get(), request, request->nlmsg_len) < 0) {
    return {.code = errno, .sentence = {}};
  }
  alignas(nlmsghdr) std::array<std::byte, kBufferSize> buffer{};
  const ssize_t got = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  if (got < 0) return {.code = errno, .sentence = {}};
  const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
  if (!mnl_nlmsg_ok(answer, static_cast<int>(got))) return {.code = EPROTO, .sentence = {}};
  return parse_answer(answer);
}

/// Deleting the first address of a network deletes the others too, unless the interface is told to
/// promote one of them. It is, for the moment of the deletion.
class PromoteSecondaries {
 public:
  explicit PromoteSecondaries(const std::string& interface) {
    const std::string path = "/proc/sys/net/ipv4/conf/" + interface + "/promote_secondaries";
    file_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    char value = '1';
    if (file_ && ::pread(file_.get(), &value, 1, 0) == 1 && value == '0') {
      changed_ = ::pwrite(file_.get(), "1", 1, 0) == 1;
    }
  }
  PromoteSecondaries(const PromoteSecondaries&) = delete;
  PromoteSecondaries& operator=(const PromoteSecondaries&) = delete;
  ~PromoteSecondaries() {
    if (changed_) static_cast<void>(::pwrite(file_.get(), "0", 1, 0) == 1);
  }

 private:
  libjail::UniqueFd file_;
  bool changed_ = false;
};

Answer change(bool add, unsigned int index, const libjail::Alias& alias) {
  alignas(nlmsghdr) std::array<std::byte, kBufferSize> buffer{};
  build_request(buffer, add, index, alias);
  return transact(reinterpret_cast<const nlmsghdr*>(buffer.data()));
}

}  // namespace

void build_request(std::span<std::byte> buffer, bool add, unsigned int index,
                   const libjail::Alias& alias) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  if (add) message->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
  message->nlmsg_seq = 1;
  auto* body = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
  body->ifa_family = AF_INET;
  body->ifa_prefixlen = static_cast<std::uint8_t>(alias.prefix);
  body->ifa_scope = RT_SCOPE_UNIVERSE;
  body->ifa_index = index;
  mnl_attr_put_u32(message, IFA_LOCAL, htonl(alias.ip));
  mnl_attr_put_u32(message, IFA_ADDRESS, htonl(alias.ip));
}

Result<void> add_address(const libjail::Alias& alias) {
  const unsigned int index = ::if_nametoindex(alias.interface.c_str());
  if (index == 0) {
    return fail(0, describe(true, alias) + ": no such interface", "ip link lists them");
  }
  const auto answer = change(true, index, alias);
  if (answer.code != 0) return fail(answer.code, describe(true, alias), answer.sentence);
  return {};
}

Result<void> delete_address(const libjail::Alias& alias) {
  const unsigned int index = ::if_nametoindex(alias.interface.c_str());
  if (index == 0) return {};
  const PromoteSecondaries promote(alias.interface);
  const auto answer = change(false, index, alias);
  if (answer.code != 0 && answer.code != EADDRNOTAVAIL && answer.code != ENODEV) {
    return fail(answer.code, describe(false, alias), answer.sentence);
  }
  return {};
}

}  // namespace jail_addr
