// SPDX-License-Identifier: BSD-2-Clause
#include "jail/spec.hpp"

#include <linux/jail.h>

#include <cerrno>

#include "jail/capmask.hpp"
#include "jail/name.hpp"

namespace libjail {

Result<JailSpec> JailSpec::make(Fields fields) {
  if (fields.path.empty()) return fail(EINVAL, "the path of the root directory is empty");
  if (!fields.name.empty()) {
    if (const auto name = parse_name(fields.name); !name) return std::unexpected(name.error());
  }
  if (fields.hostname.size() >= JAIL_HOSTNAME_SIZE) {
    return fail(ENAMETOOLONG, "host name \"" + fields.hostname + "\"");
  }
  if (const auto bad = fields.ceiling & unsafe_capabilities(); bad != 0 && !fields.unsafe) {
    return fail(EPERM, "ceiling with " + format_capmask(bad) + ", which breaks the jail's wall",
                "leave it out, or accept it with -o allow.unsafe");
  }
  return JailSpec(std::move(fields));
}

}  // namespace libjail
