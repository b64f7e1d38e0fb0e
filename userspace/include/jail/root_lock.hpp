// SPDX-License-Identifier: BSD-2-Clause
// Between the start of a jail and jailctl(8), which removes root directories, and which takes the
// immutable flag from files that several of them link to while it makes or removes a link: each
// looks which jails there are, and no jail may come up on such a root directory meanwhile.
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/unique_fd.hpp"

namespace libjail {

/// Locks jailctl(8) out, as long as it lives. It leads out of the jail, so it is to be given up
/// before anything enters.
class RootLock {
 public:
  /// Waits for a jailctl(8) that works on the root directory.
  /// @param root  a descriptor of the root directory @p path; where that is the STORE/NAME/root of
  ///              a store, a folder of ours that is closed to others, the locks are shared
  ///              flock(2)s on STORE/NAME and STORE/.base; else there is nothing to lock
  /// @return ENOENT where the root directory was removed meanwhile
  static Result<RootLock> acquire(Kernel& kernel, int root, const std::string& path);

  /// Whether there was something to lock.
  explicit operator bool() const { return static_cast<bool>(folder_); }
  void reset() {
    folder_.reset();
    bases_.reset();
  }

 private:
  UniqueFd folder_;
  UniqueFd bases_;  ///< closed where nothing is shared
};

}  // namespace libjail
