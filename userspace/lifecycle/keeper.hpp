// SPDX-License-Identifier: BSD-2-Clause
// The process "jail-keeper" that stays when jail(8) has started a jail. It holds the jail's
// descriptor, without which a jail that has no process would end, and what the host gave to it, and
// takes that back when the jail has ended. One that was killed leaves nothing that the next jail(8)
// does not sweep.
#pragma once

#include <sys/types.h>

#include <vector>

#include "jail/error.hpp"
#include "lifecycle/host.hpp"
#include "lifecycle/lease.hpp"
#include "lifecycle/record.hpp"

namespace libjail::lifecycle {

struct Kept {
  int jail;      ///< the descriptor
  bool persist;  ///< the jail stays when it is empty
  Lease& lease;
  std::vector<int> outputs;  ///< to be emptied
};

/// Starts the keeper, and returns when it is at its post.
[[nodiscard]] Result<pid_t> start_keeper(const Host& host, const Record& record, const Kept& kept);

/// Tells the keeper of a record whose lock the caller has to take everything back and end, and
/// waits for that. No other process can be hit: the lock of the file tells who the keeper is,
/// before and after a descriptor of that process was opened.
[[nodiscard]] Result<void> dismiss_keeper(const Record& record);

}  // namespace libjail::lifecycle
