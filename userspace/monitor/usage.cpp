// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/usage.hpp"

#include <linux/jail.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "jail/apply.hpp"
#include "monitor/clock.hpp"

namespace monitor {
namespace {

using libjail::Kernel;
using libjail::limits::ControlGroup;

/// When the jail was made; not of one that dies, as that lets nobody have a descriptor.
std::optional<std::uint64_t> start_of(Kernel& kernel, const libjail::ListedJail& listed) {
  if (listed.dying) return {};
  const auto jail = kernel.jail_open(listed.jid);
  jail_info info{};
  if (!jail || !kernel.jail_info(jail->get(), &info)) return {};
  if (listed.name != std::string_view(info.name)) return {};  // another one got its number
  return info.start_time;
}

/// A jail that dies has let its name go, and with it the group.
std::optional<libjail::limits::Usage> usage_of(const libjail::ListedJail& listed,
                                               const std::string& cgroup) {
  if (listed.dying) return {};
  const auto group = ControlGroup::open(listed.name, cgroup);
  if (!group) return {};
  auto usage = group->usage();
  if (!usage) return {};
  return *std::move(usage);
}

}  // namespace

libjail::Result<std::vector<libjail::ListedJail>> list_jails(Kernel& kernel,
                                                             const std::string& proc) {
  auto jails = libjail::list_jails(kernel, (proc + "/jails").c_str());
  if (jails || jails.error().code != ENOENT) return jails;
  if (const auto version = libjail::probe(kernel); !version) {
    return std::unexpected(version.error());
  }
  return libjail::fail(ENOENT, jails.error().what, "it is seen outside of jails only, on /proc");
}

libjail::Result<Sample> take_sample(Kernel& kernel, const Sources& sources) {
  auto listing = list_jails(kernel, sources.proc);
  if (!listing) return std::unexpected(listing.error());
  const auto counts = sources.counts();
  Sample sample{.time = time_since_boot()};
  for (auto& listed : *listing) {
    JailUsage jail{.listed = std::move(listed)};
    jail.start = start_of(kernel, jail.listed);
    jail.usage = usage_of(jail.listed, sources.cgroup);
    if (counts && counts->contains(jail.listed.jid)) jail.counts = counts->at(jail.listed.jid);
    sample.jails.push_back(std::move(jail));
  }
  std::ranges::sort(sample.jails, {}, [](const JailUsage& jail) { return jail.listed.jid; });
  return sample;
}

}  // namespace monitor
