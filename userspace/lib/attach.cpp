// SPDX-License-Identifier: BSD-2-Clause
#include "jail/attach.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "jail/explain.hpp"
#include "jail/listing.hpp"
#include "lib/become.hpp"
#include "lib/text.hpp"

namespace libjail {
namespace {

constexpr const char* kRemedy = "jls lists the jails that there are";
constexpr int kTries = 16;  // a name moves to another jail no more often while we look

Result<UniqueFd> open_jid(Kernel& kernel, std::uint32_t jid, const std::string& what) {
  auto fd = kernel.jail_open(jid);
  if (fd) return std::move(*fd);
  if (fd.error() == ESRCH) return fail(0, what + " not found", kRemedy);
  return fail(fd.error(), what, fd.error() == EPERM ? "run as root, outside of any jail" : "");
}

/// Whether the descriptor is that of a jail with this name.
Result<bool> is_named(Kernel& kernel, const UniqueFd& jail, const std::string& name) {
  jail_info info{};
  if (const auto asked = kernel.jail_info(jail.get(), &info); !asked) {
    return fail(asked.error(), "information of jail \"" + name + "\"");
  }
  const auto end = std::ranges::find(info.name, '\0');
  return std::string_view(std::begin(info.name), end) == name;
}

}  // namespace

Result<UniqueFd> open_jail(Kernel& kernel, const std::string& jail, const char* listing) {
  if (const auto jid = parse_number<std::uint32_t>(jail); jid) {
    return open_jid(kernel, *jid, "jail " + jail);
  }
  const std::string what = "jail \"" + jail + "\"";
  for (int i = 0; i < kTries; ++i) {
    const auto jails = list_jails(kernel, listing);
    if (!jails) return std::unexpected(jails.error());
    const auto found = std::ranges::find(*jails, jail, &ListedJail::name);
    if (jail.empty() || found == jails->end()) break;
    if (found->dying) return fail(0, what + " is dying");
    auto fd = open_jid(kernel, found->jid, what);
    if (!fd) {
      if (fd.error().code == 0) continue;  // it ended since; perhaps there is a new one
      return fd;
    }
    const auto named = is_named(kernel, *fd, jail);
    if (!named) return std::unexpected(named.error());
    if (*named) return fd;
  }
  return fail(0, what + " not found", kRemedy);
}

Result<UniqueFd> attach(Kernel& kernel, UniqueFd jail, const std::string& name,
                        const std::optional<User>& user, unsigned int first_closed,
                        const StepLog& log) {
  if (user) {
    if (auto done = become_user(kernel, *user); !done) return std::unexpected(done.error());
    log("user " + user->name + ", uid " + std::to_string(user->uid));
  }
  const int kept = static_cast<int>(first_closed);
  if (jail.get() != kept) {
    if (::dup3(jail.get(), kept, O_CLOEXEC) < 0) return fail(errno, "keep the jail's descriptor");
    jail.reset(kept);
  }
  if (const auto closed = kernel.close_from(first_closed + 1); !closed) {
    return fail(closed.error(), "close descriptors");
  }
  if (const auto entered = kernel.jail_attach(jail.get()); !entered) {
    return std::unexpected(explain_attach_error(entered.error(), name));
  }
  if (user) {
    if (auto done = drop_capabilities(kernel, *user); !done) return std::unexpected(done.error());
  }
  return jail;
}

}  // namespace libjail
