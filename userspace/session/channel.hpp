// SPDX-License-Identifier: BSD-2-Clause
// What the process that enters the jail tells the one that stays outside: messages, and descriptors
// made inside. The channel closes when the command starts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jail/error.hpp"
#include "jail/unique_fd.hpp"

namespace session {

/// The number that the channel has on the way into a jail: the first after the standard ones.
inline constexpr int kChannel = 3;
/// The first one that is free for others then.
inline constexpr int kFirstFree = kChannel + 1;

struct Message {
  enum class Kind : char {
    kError = 'e',
    kWarning = 'w',
    kStep = 's',
    kEntered = 'j',   ///< with the jail descriptor, and one of the process where it is another
    kTerminal = 't',  ///< with the terminal's master side
    kRoot = 'r',      ///< with the jail's root directory
    kStatus = 'x',    ///< the exit status of a command that left processes behind
    kBusy = 'b',      ///< from process 1 of a jail: it stays
    kMade = 'm',      ///< to process 1 of a jail: the jail is made
  };
  Kind kind{};
  std::string text;
  std::vector<libjail::UniqueFd> descriptors;
};

class Channel {
 public:
  explicit Channel(libjail::UniqueFd socket) : socket_(std::move(socket)) {}

  /// Two connected ends.
  [[nodiscard]] static libjail::Result<std::pair<Channel, Channel>> make();

  /// A text that is too long for a packet is cut; a peer that is gone is no error.
  void send(Message::Kind kind, std::string_view text, std::span<const int> descriptors = {}) const;

  /// The next message without waiting; nothing when there is none now, or no more: then the channel
  /// is closed.
  [[nodiscard]] std::optional<Message> receive();

  /// Gives its descriptor the number @p fd, in the place of what had it. @return whether it could
  [[nodiscard]] bool move_to(int fd);

  [[nodiscard]] int get() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }
  void close() { socket_.reset(); }

 private:
  libjail::UniqueFd socket_;
};

}  // namespace session
