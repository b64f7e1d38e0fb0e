// SPDX-License-Identifier: BSD-2-Clause
// Requests to the kernel's network, rtnetlink(7), and the sentences it answers with.
#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"

namespace jail_net {

/// A request under construction. The functions that build one put in what libmnl has for it.
class Message {
 public:
  /// @param type  RTM_*
  /// @param flags  NLM_F_* besides those of every request
  /// @param size  of the header that follows, which is zero at first
  Message(std::uint16_t type, std::uint16_t flags, std::size_t size);

  [[nodiscard]] nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); }
  [[nodiscard]] const nlmsghdr* header() const {
    return reinterpret_cast<const nlmsghdr*>(buffer_.data());
  }
  template <class T>
  [[nodiscard]] T& body() {
    return *static_cast<T*>(mnl_nlmsg_get_payload(header()));
  }

 private:
  std::vector<std::uint64_t> buffer_;  // aligned
};

/// What the kernel said: an errno, 0 for success, and a sentence or nothing.
struct Answer {
  int code = 0;
  std::string sentence{};
};

/// Sends the request in the network namespace that the process is in, and waits for the answer.
[[nodiscard]] Answer transact(const Message& request);

/// Sends a request for a list, and gives each of its messages to @p take.
/// @return an errno, or 0
[[nodiscard]] int dump(const Message& request, const std::function<void(const nlmsghdr*)>& take);

/// @param what  the same as a command of ip(8)
/// @return the answer as an error, with the kernel's sentence as the remedy
[[nodiscard]] libjail::Result<void> request(const Message& message, const std::string& what);

/// The index of an interface. @param what  what it is for
[[nodiscard]] libjail::Result<unsigned int> index_of(const std::string& interface,
                                                     const std::string& what);

}  // namespace jail_net
