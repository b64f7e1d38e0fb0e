// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/ptmx.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "jail/linux_kernel.hpp"
#include "session/terminal.hpp"

namespace jail_tool {

bool jail_has_ptmx(const libjail::JailSpec& spec) {
  const libjail::UniqueFd root(::open(spec.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return false;
  if (!spec.mounts()) return session::has_ptmx(root.get());
  // It gets a devpts wherever there is a /dev to mount it in.
  libjail::LinuxKernel kernel;
  const open_how how{
      .flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  const auto dev = kernel.openat2(root.get(), "/dev", how);
  if (!dev) return false;
  const auto st = kernel.fstat(dev->get());
  return st && S_ISDIR(st->st_mode);
}

}  // namespace jail_tool
