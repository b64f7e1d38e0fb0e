// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/support.hpp"

#include <bpf/btf.h>
#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "jail/apply.hpp"

namespace monitor {
namespace {

using libjail::fail;
using libjail::Kernel;
using libjail::Result;
using libjail::Sys;

/// The type that a trace event has in the kernel's type information.
constexpr const char* kEventType = "btf_trace_";
constexpr const char* kIterator = "bpf_iter_jail";
constexpr const char* kJailOfTask = "bpf_task_jail_id";

bool may_load(Kernel& kernel) {
  constexpr std::uint64_t kOne = 1;
  const auto sets = kernel.capget();
  if (!sets) return true;  // the kernel will tell
  const auto has = [&](int capability) { return (sets->effective & kOne << capability) != 0; };
  return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON));
}

/// The first of the names that is missing, or an empty one.
Result<std::string> first_missing(Kernel& kernel, const std::vector<std::string>& names,
                                  const TypeInformation& types) {
  if (const auto version = libjail::probe(kernel); !version) {
    return std::unexpected(version.error());
  }
  if (!may_load(kernel)) {
    return fail(EPERM, "attach to the kernel's events",
                "run as root, outside of any jail; it takes CAP_BPF and CAP_PERFMON");
  }
  if (::access(types.path.c_str(), R_OK) < 0) {
    return fail(errno, "the kernel's type information " + types.path,
                errno == ENOENT ? "the kernel needs CONFIG_DEBUG_INFO_BTF, and /sys mounted" : "");
  }
  const auto missing = types.missing(names);
  if (!missing) return fail(missing.error(), "the kernel's type information " + types.path);
  return missing->empty() ? std::string() : missing->front();
}

struct Free {
  void operator()(btf* types) const { ::btf__free(types); }
};

}  // namespace

Sys<std::vector<std::string>> TypeInformation::missing_types(
    const std::vector<std::string>& names) {
  const std::unique_ptr<btf, Free> types(::btf__load_vmlinux_btf());
  if (!types) return std::unexpected(errno);
  std::vector<std::string> missing;
  std::ranges::copy_if(names, std::back_inserter(missing), [&](const std::string& name) {
    return ::btf__find_by_name(types.get(), name.c_str()) < 0;
  });
  return missing;
}

Result<void> supports_events(Kernel& kernel, const std::vector<std::string>& events,
                             const TypeInformation& types) {
  std::vector<std::string> names;
  names.reserve(events.size());
  for (const auto& event : events) names.push_back(kEventType + event);
  const auto missing = first_missing(kernel, names, types);
  if (!missing) return std::unexpected(missing.error());
  if (missing->empty()) return {};
  return fail(0,
              "this kernel has no trace event " +
                  missing->substr(std::char_traits<char>::length(kEventType)),
              "it needs a newer one of the patch series, and CONFIG_TRACEPOINTS");
}

Result<void> supports_counts(Kernel& kernel, const TypeInformation& types) {
  const auto missing = first_missing(kernel, {kIterator, kJailOfTask}, types);
  if (!missing) return std::unexpected(missing.error());
  if (missing->empty()) return {};
  return fail(0, "this kernel has no " + *missing + "()",
              "it needs a newer one of the patch series, and CONFIG_BPF_EVENTS");
}

}  // namespace monitor
