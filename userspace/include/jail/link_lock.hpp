// SPDX-License-Identifier: BSD-2-Clause
// Between the start of a jail and jailctl(8), which takes the immutable flag from files that
// several roots link to while it makes or removes a link: no jail may come up meanwhile.
#pragma once

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

/// Locks out the one who links, as long as the descriptor is open. It leads out of the jail, so it
/// is to be closed before anything enters.
/// @param root  a descriptor of the jail's root directory STORE/NAME/root; the lock is a shared
///              flock(2) on STORE/.base, if that is a folder of ours and closed to others
/// @return a closed descriptor where there is no such folder
[[nodiscard]] Result<UniqueFd> lock_out_linking(Kernel& kernel, int root);

}  // namespace libjail
