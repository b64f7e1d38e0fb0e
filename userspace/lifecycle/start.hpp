// SPDX-License-Identifier: BSD-2-Clause
// The start of a jail, wholly or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/resolve.hpp"
#include "jail/error.hpp"
#include "lifecycle/host.hpp"

namespace libjail::lifecycle {

struct StartRequest {
  const conf::JailSettings& settings;  ///< which the record keeps
  const conf::JailConfig& config;
  std::vector<std::string> argv{};  ///< a command line that runs in the jail after "command"
};

struct Started {
  std::uint32_t jid = 0;
  bool ended = false;  ///< no process was left in it, and it does not persist
};

/// Does in this order what the configuration says: exec.prepare, the checks of
/// jaildoctor(8) that are fatal, unless allow.unsafe is there, network, control group,
/// exec.prestart, mounts and the jail itself, exec.created, exec.start, command, exec.poststart.
/// What fails ends it: what was done is undone in reverse. exec.poststop undoes exec.prestart, and
/// exec.release undoes exec.prepare, also where these failed half way.
/// @return an error that begins with the step that failed
[[nodiscard]] Result<Started> start(const Host& host, const StartRequest& request);

}  // namespace libjail::lifecycle
