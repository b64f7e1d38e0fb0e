// SPDX-License-Identifier: BSD-2-Clause
#include "session/root.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "jail/attach.hpp"
#include "jail/pid_namespace.hpp"
#include "session/channel.hpp"
#include "session/errand.hpp"

namespace session {
namespace {

using libjail::UniqueFd;

/// What the caller's standard descriptors are is no matter here, and shall be no obstacle.
libjail::Result<void> forget_standard_descriptors() {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int fd = 0; fd < 3; ++fd) {
    if (!null || ::dup2(null.get(), fd) < 0) return libjail::fail(errno, "open /dev/null");
  }
  return {};
}

/// In a process of its own, which never comes back out.
libjail::Result<UniqueFd> go_and_look(libjail::Kernel& kernel, UniqueFd jail,
                                      const std::string& name) {
  if (auto done = forget_standard_descriptors(); !done) return std::unexpected(done.error());
  const auto entered =
      libjail::attach(kernel, std::move(jail), name, {}, kFirstFree, [](const std::string&) {});
  if (!entered) return std::unexpected(entered.error());
  UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return libjail::fail(errno, "root directory of jail \"" + name + "\"");
  return root;
}

[[noreturn]] void run_child(libjail::Kernel& kernel, int jail, const std::string& name,
                            Channel channel) {
  if (!channel.move_to(kChannel)) ::_exit(1);
  const auto root = go_and_look(kernel, UniqueFd(jail), name);
  if (root) {
    const int fd = root->get();
    channel.send(Message::Kind::kRoot, "", {&fd, 1});
  } else {
    channel.send(Message::Kind::kError, root.error().text());
  }
  ::_exit(0);
}

/// What it said before it ended.
libjail::Result<UniqueFd> answer(Channel& channel, const std::string& name) {
  auto message = channel.receive();
  if (message && message->kind == Message::Kind::kError) return libjail::fail(0, message->text);
  if (message && !message->descriptors.empty()) return std::move(message->descriptors[0]);
  return libjail::fail(0, "look into jail \"" + name + "\": the process that went in was ended");
}

}  // namespace

libjail::Result<UniqueFd> root_of(libjail::Kernel& kernel, int jail, const std::string& name) {
  auto ends = Channel::make();
  if (!ends) return std::unexpected(ends.error());
  const auto place = libjail::PidNamespace::of(kernel, {}, jail);
  if (!place) return std::unexpected(place.error());
  const auto child = place->fork();
  if (!child) return std::unexpected(child.error());
  if (*child == 0) {
    ends->first.close();
    run_child(kernel, jail, name, std::move(ends->second));
  }
  ends->second.close();
  finish_errand(*child);
  return answer(ends->first, name);
}

}  // namespace session
