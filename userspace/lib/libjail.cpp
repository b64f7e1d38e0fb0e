// SPDX-License-Identifier: BSD-2-Clause
// The C interface over the C++ library.
#include "jail/libjail.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "jail/address.hpp"
#include "jail/apply.hpp"
#include "jail/attach.hpp"
#include "jail/capmask.hpp"
#include "jail/explain.hpp"
#include "jail/linux_kernel.hpp"
#include "jail/listing.hpp"
#include "jail/name.hpp"

namespace {

using libjail::Error;

thread_local std::array<char, 1024> last_error{};

/// Copies as much of @p text as there is room for, with a NUL.
void copy_text(std::string_view text, char* buffer, std::size_t size) {
  if (buffer == nullptr || size == 0) return;
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(buffer, text.data(), length);
  buffer[length] = '\0';
}

int failed(const Error& error) {
  copy_text(error.text(), last_error.data(), last_error.size());
  errno = error.code != 0 ? error.code : EINVAL;
  return -1;
}

int failed(int code, std::string what) { return failed(Error{code, std::move(what), {}}); }

/// Where a pointer is NULL that must not be.
int missing(const char* what) { return failed(EINVAL, std::string("no ") + what + " was given"); }
constexpr const char* kSpec = "struct jail_spec";

}  // namespace

struct jail_spec {
  std::string path;
  std::uint64_t ceiling = libjail::kDefaultCeiling;
  std::uint64_t flags = 0;
  std::string address_text;
  jail_addr address{};
  std::string name;
  std::string hostname;
};

struct jail_list {
  std::vector<libjail::ListedJail> jails;
  std::size_t next = 0;
  jail_list_entry entry{};
};

namespace {

/// Calls jail(2) with the fields of @p spec.
int call(const jail_spec& spec, unsigned int flags) {
  const auto pointer = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p); };
  jail_args args{};
  args.flags = spec.flags;
  args.cap_ceiling = spec.ceiling;
  args.path = pointer(spec.path.c_str());
  args.dirfd = AT_FDCWD;
  if (!spec.name.empty()) args.name = pointer(spec.name.c_str());
  if (!spec.hostname.empty()) args.hostname = pointer(spec.hostname.c_str());
  if (spec.address.family != 0) {
    args.addrs = pointer(&spec.address);
    args.naddrs = 1;
  }
  const int fd = jail(&args, sizeof args, flags);
  if (fd >= 0) return fd;

  const int code = errno;
  libjail::JailSpec::Fields fields{.path = spec.path, .ceiling = spec.ceiling, .unsafe = true};
  fields.name = spec.name;
  if (auto address = libjail::parse_address(spec.address_text)) fields.address = *address;
  const auto described = libjail::JailSpec::make(std::move(fields));
  auto error = described ? libjail::explain_jail_error(code, *described) : described.error();
  error.code = code;
  return failed(error);
}

}  // namespace

int jail3(const char* path, uint64_t ceiling, const char* address) {
  const std::unique_ptr<jail_spec, void (*)(jail_spec*)> spec(jail_spec_new(path), jail_spec_free);
  if (!spec || jail_spec_set_ceiling(spec.get(), ceiling) < 0 ||
      jail_spec_set_address(spec.get(), address, 0) < 0) {
    return -1;
  }
  return jail_enter(spec.get());
}

int jail_abi_version() {
  const int version = jail(nullptr, 0, JAIL_GET_VERSION);
  if (version >= 0) return version;
  const int code = errno;
  auto error = libjail::explain_probe_error(code);
  error.code = code;
  return failed(error);
}

jail_spec* jail_spec_new(const char* path) {
  if (path == nullptr || *path == '\0') {
    failed(EINVAL, "the path of the root directory is empty");
    return nullptr;
  }
  auto* spec = new (std::nothrow) jail_spec;
  if (spec == nullptr) {
    failed(ENOMEM, "describe a jail");
    return nullptr;
  }
  spec->path = path;
  return spec;
}

void jail_spec_free(jail_spec* spec) { delete spec; }

int jail_spec_set_ceiling(jail_spec* spec, uint64_t ceiling) {
  if (spec == nullptr) return missing(kSpec);
  spec->ceiling = ceiling;
  return 0;
}

int jail_spec_set_flags(jail_spec* spec, uint64_t flags) {
  if (spec == nullptr) return missing(kSpec);
  if ((flags & ~(JAIL_UNSAFE_CAPS | JAIL_STRICT_BIND)) != 0) return failed(EINVAL, "jail flags");
  spec->flags = flags;
  return 0;
}

int jail_spec_set_address(jail_spec* spec, const char* address, unsigned int flags) {
  if (spec == nullptr) return missing(kSpec);
  if (address == nullptr) {
    spec->address = {};
    spec->address_text.clear();
    return 0;
  }
  const auto parsed = libjail::parse_address(address);
  if (!parsed) return failed(parsed.error());
  const auto& given = *parsed;
  if (!given || given->alias) {
    return failed(EINVAL, "address \"" + std::string(address) + "\" is no IPv4 address");
  }
  if ((flags & ~JAIL_ADDR_SHARED) != 0) return failed(EINVAL, "address flags");
  const std::uint32_t ip = htonl(given->ip);
  spec->address = {};
  spec->address.family = AF_INET;
  spec->address.flags = flags;
  std::memcpy(spec->address.addr, &ip, sizeof ip);
  spec->address_text = address;
  return 0;
}

int jail_spec_set_name(jail_spec* spec, const char* name) {
  if (spec == nullptr) return missing(kSpec);
  const auto parsed = libjail::parse_name(name != nullptr ? name : "");
  if (!parsed) return failed(parsed.error());
  spec->name = *parsed;
  return 0;
}

int jail_spec_set_hostname(jail_spec* spec, const char* hostname) {
  if (spec == nullptr) return missing(kSpec);
  const std::string_view text = hostname != nullptr ? hostname : "";
  if (text.empty()) return failed(EINVAL, "the host name is empty");
  if (text.size() >= JAIL_HOSTNAME_SIZE) {
    return failed(ENAMETOOLONG, "host name \"" + std::string(text) + "\"");
  }
  spec->hostname = text;
  return 0;
}

int jail_create(const jail_spec* spec) {
  return spec == nullptr ? missing(kSpec) : call(*spec, JAIL_NO_ENTER);
}

int jail_enter(const jail_spec* spec) { return spec == nullptr ? missing(kSpec) : call(*spec, 0); }

int jail_open_name(const char* name) {
  libjail::LinuxKernel kernel;
  auto jail = libjail::open_jail(kernel, name != nullptr ? name : "");
  if (jail) return jail->release();
  failed(jail.error());
  if (jail.error().code == 0) errno = ESRCH;
  return -1;
}

int jail_get_info(int jailfd, jail_info* info) {
  if (::ioctl(jailfd, JAIL_IOC_INFO, info) < 0) return failed(errno, "information of a jail");
  return 0;
}

int jail_kill(int jailfd) {
  if (::ioctl(jailfd, JAIL_IOC_KILL, 0) < 0) return failed(errno, "kill a jail");
  return 0;
}

int jail_wait(int jailfd, int timeout) {
  libjail::LinuxKernel kernel;
  // Other descriptors can be polled, too, and that would be taken for the end of a jail.
  jail_info info{};
  if (const auto asked = kernel.jail_info(jailfd, &info); !asked) {
    return failed(asked.error(), "wait for a jail");
  }
  const auto empty = kernel.jail_wait(jailfd, timeout);
  if (!empty) return failed(empty.error(), "wait for a jail");
  return *empty ? 1 : 0;
}

jail_list* jail_list_open() {
  libjail::LinuxKernel kernel;
  auto jails = libjail::list_jails(kernel);
  if (!jails) {
    failed(jails.error());
    return nullptr;
  }
  auto* list = new (std::nothrow) jail_list;
  if (list == nullptr) {
    failed(ENOMEM, "list of jails");
    return nullptr;
  }
  list->jails = std::move(*jails);
  return list;
}

const jail_list_entry* jail_list_next(jail_list* list) {
  if (list == nullptr) {
    missing("struct jail_list");
    return nullptr;
  }
  if (list->next == list->jails.size()) return nullptr;
  const auto& jail = list->jails[list->next++];
  list->entry = {.jid = jail.jid,
                 .parent_jid = jail.parent,
                 .nr_processes = jail.processes,
                 .dying = jail.dying ? 1 : 0,
                 .cap_ceiling = jail.ceiling,
                 .address = jail.address.c_str(),
                 .name = jail.name.c_str(),
                 .hostname = jail.hostname.c_str(),
                 .path = jail.path.c_str()};
  return &list->entry;
}

void jail_list_close(jail_list* list) { delete list; }

int jail_capmask_parse(const char* text, uint64_t* mask) {
  const auto parsed = libjail::parse_capmask(text != nullptr ? text : "");
  if (!parsed) return failed(parsed.error());
  if (mask == nullptr) return missing("place for the mask");
  *mask = *parsed;
  return 0;
}

int jail_capmask_format(uint64_t mask, char* buffer, size_t size) {
  const std::string text = libjail::format_capmask(mask);
  copy_text(text, buffer, size);
  return static_cast<int>(text.size());
}

const char* jail_errmsg() { return last_error.data(); }
