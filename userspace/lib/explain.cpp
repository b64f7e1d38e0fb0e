// SPDX-License-Identifier: BSD-2-Clause
#include "jail/explain.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include <array>
#include <cerrno>

#include "jail/capmask.hpp"

namespace libjail {
namespace {

constexpr unsigned int kMemoryMajor = 1;  // null, zero and their like

std::string release() {
  utsname name{};
  return ::uname(&name) == 0 ? " (" + std::string(name.release) + ")" : std::string();
}

std::string address_text(const JailSpec& spec) {
  const auto& address = spec.address();
  return "address " + (address ? format_ip(address->ip) : std::string("none"));
}

/// The standard descriptors that are neither files, pipes, sockets nor memory devices.
std::string suspects() {
  constexpr auto kNames =
      std::to_array<const char*>({"standard input", "standard output", "standard error"});
  std::string text;
  for (int fd = 0; fd < 3; ++fd) {
    struct stat st {};
    if (::fstat(fd, &st) < 0) continue;
    std::string kind;
    if (S_ISDIR(st.st_mode)) kind = "a directory";
    if (S_ISBLK(st.st_mode)) kind = "a block device";
    if (S_ISCHR(st.st_mode) && major(st.st_rdev) != kMemoryMajor) {
      kind =
          "device " + std::to_string(major(st.st_rdev)) + ":" + std::to_string(minor(st.st_rdev));
    }
    if (kind.empty()) continue;
    if (!text.empty()) text += ", ";
    text += std::string(kNames.at(static_cast<std::size_t>(fd))) + " is " + kind;
  }
  return text.empty() ? "a descriptor" : text;
}

/// What the entry into a jail asks of the process, whichever jail it is.
Error not_entitled() {
  return {EPERM, "enter a jail",
          "run as root, not from inside a jail, and not as leader of a process group with other "
          "members"};
}

Error reaches_outside() {
  return {0, suspects() + ": that reaches outside of the jail",
          "redirect standard input, output and error to files, pipes or /dev/null"};
}

Error permission(const JailSpec& spec) {
  if ((spec.ceiling() & unsafe_capabilities()) == 0 || spec.unsafe()) return not_entitled();
  return {EPERM, "ceiling " + format_capmask(spec.ceiling()), "accept it with -o allow.unsafe"};
}

}  // namespace

Error explain_jail_error(int code, const JailSpec& spec) {
  switch (code) {
    case EPERM:
      return permission(spec);
    case EBUSY:
      return reaches_outside();
    case EEXIST:
      return {0, "jail \"" + spec.name() + "\" already exists", "take another name"};
    case EADDRINUSE:
      return {0, address_text(spec) + " belongs to another jail",
              "take another, or end that jail; /proc/jails lists them"};
    case EADDRNOTAVAIL:
      return {0, address_text(spec) + " is on no interface",
              "have it added with 'INTERFACE|ADDRESS/PREFIX'"};
    case EAFNOSUPPORT:
      return {code, address_text(spec)};
    case EINVAL:
      return {code, "jail " + spec.path() + ": the kernel refused an argument"};
    case ENFILE:
    case ENOSPC:
      return {code, "make another jail", "end some jails; /proc/jails lists them"};
    case ENOSYS:
    case EOPNOTSUPP:
      return explain_probe_error(code);
    default:
      return {code, "jail " + spec.path()};
  }
}

Error explain_attach_error(int code, const std::string& name) {
  switch (code) {
    case EPERM:
      return not_entitled();
    case EBUSY:
      return reaches_outside();
    case ESRCH:
      return {0, "jail \"" + name + "\" is dying"};
    case EINVAL:
      return {code, "enter jail \"" + name + "\"",
              "run from the PID and time namespace that it was made in"};
    case ENOSYS:
    case EOPNOTSUPP:
      return explain_probe_error(code);
    default:
      return {code, "enter jail \"" + name + "\""};
  }
}

Error explain_probe_error(int code) {
  switch (code) {
    case ENOSYS:
      return {0, "this kernel" + release() + " has no jail() system call",
              "boot a kernel with the IronPenguin jail patches"};
    case EOPNOTSUPP:
      return {0, "jail() is switched off in this kernel" + release(),
              "boot it with the jail security module active: CONFIG_SECURITY_JAIL=y"};
    default:
      return {code, "ask the kernel for its version of jail()"};
  }
}

}  // namespace libjail
