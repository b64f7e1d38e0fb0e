// SPDX-License-Identifier: BSD-2-Clause
#include "lib/become.hpp"

namespace libjail {

Result<void> become_user(Kernel& kernel, const User& user) {
  const auto step = [&user](const Sys<void>& done, const char* what) -> Result<void> {
    if (!done) return fail(done.error(), "become user \"" + user.name + "\": " + what);
    return {};
  };
  if (auto done = step(kernel.setgroups(user.groups), "setgroups"); !done) return done;
  if (auto done = step(kernel.setresgid(user.gid), "setresgid"); !done) return done;
  if (user.uid == 0) return step(kernel.setresuid(0), "setresuid");
  if (auto done = step(kernel.keep_capabilities(), "prctl"); !done) return done;
  if (auto done = step(kernel.setresuid(user.uid), "setresuid"); !done) return done;
  auto sets = kernel.capget();
  if (!sets) return step(std::unexpected(sets.error()), "capget");
  sets->effective = sets->permitted;
  return step(kernel.capset(*sets), "capset");
}

Result<void> drop_capabilities(Kernel& kernel, const User& user) {
  if (user.uid == 0) return {};
  if (const auto dropped = kernel.capset({}); !dropped) {
    return fail(dropped.error(), "drop capabilities for user \"" + user.name + "\"");
  }
  return {};
}

}  // namespace libjail
