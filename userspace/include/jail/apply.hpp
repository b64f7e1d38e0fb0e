// SPDX-License-Identifier: BSD-2-Clause
// The one function that carries a JailSpec out: the calling process enters the jail. What fails
// before the kernel's jail() leaves nothing but a private mount namespace and perhaps a changed
// user, both of which end with the process, so the caller exits then.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/passwd.hpp"
#include "jail/spec.hpp"

namespace libjail {

/// Told of each step that was done; never called with a newline.
using StepLog = std::function<void(const std::string&)>;

/// Whose command it is.
struct UserRequest {
  enum class Source { kNone, kHost, kJail };
  Source source = Source::kNone;
  std::string name;
  bool details = false;  ///< root's entry in the jail is wanted although no user was named
};

/// The entry of the user that @p request names, or, for its details, of root in the jail.
/// @param root  a descriptor of the jail's root directory; not used for a user of the host
/// @return nothing where no user is wanted
[[nodiscard]] Result<std::optional<User>> find_requested_user(Kernel& kernel, int root,
                                                              const UserRequest& request);

struct Entered {
  UniqueFd jail;             ///< of the jail entered; close-on-exec
  std::optional<User> user;  ///< whose rights the caller has now, where asked
};

/// Enters a new jail. Where that is to have a PID namespace of its own, the caller is its process 1
/// already (PidNamespace).
/// @param first_closed  descriptors from this one on are closed before the call
/// @return an error with the object, the reason and, where there is one, the remedy
[[nodiscard]] Result<Entered> apply(Kernel& kernel, const JailSpec& spec, const UserRequest& user,
                                    unsigned int first_closed, const StepLog& log);

/// The call of jail(2), with the working directory as the jail's root.
/// @param flags  those of the call, such as JAIL_NO_ENTER
/// @return the jail's descriptor, close-on-exec
[[nodiscard]] Result<UniqueFd> call_jail(Kernel& kernel, const JailSpec& spec, unsigned int flags);

/// @return an O_PATH descriptor of the directory @p path
[[nodiscard]] Result<UniqueFd> open_root(Kernel& kernel, const std::string& path);

/// The kernel's ABI version.
/// @return an error that says what to do where the kernel has no jail() or it is switched off
[[nodiscard]] Result<int> probe(Kernel& kernel);

/// What can be known before anything is changed: whether the kernel has jails, and the caller the
/// privilege that they need.
/// @param purpose  what is to be done, for the message
[[nodiscard]] Result<void> check_caller(Kernel& kernel, const std::string& purpose);

}  // namespace libjail
