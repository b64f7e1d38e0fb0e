// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/terminate.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <vector>

#include "jail/attach.hpp"
#include "jail/pid_namespace.hpp"
#include "jail/read_file.hpp"
#include "lib/text.hpp"
#include "lifecycle/process.hpp"
#include "session/channel.hpp"
#include "session/errand.hpp"

namespace libjail::lifecycle {
namespace {

/// From inside, by a process that goes in for that: it reaches what is in the jail, and no more.
void signal_inside(Kernel& kernel, const PidNamespace& place, int jail, const std::string& name,
                   int signal) {
  const pid_t child = place.fork().value_or(-1);
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd) {
      if (null < 0 || ::dup2(null, fd) < 0) ::_exit(1);
    }
    const auto entered =
        attach(kernel, UniqueFd(jail), name, {}, session::kFirstFree, [](const std::string&) {});
    ::_exit(entered && kernel.signal_all(signal) ? 0 : 1);
  }
  if (child > 0) session::finish_errand(child);
}

/// The jail of a process.
std::uint32_t jid_of(Kernel& kernel, const std::string& pid) {
  const auto status = read_file(kernel, AT_FDCWD, ("/proc/" + pid + "/status").c_str());
  if (!status) return 0;
  for (const auto line : split(*status, '\n')) {
    if (line.starts_with("Jid:\t")) return parse_number<std::uint32_t>(line.substr(5)).value_or(0);
  }
  return 0;
}

/// From outside, by a look at all processes of the host: where nobody in the jail may signal those
/// of other users.
void signal_outside(Kernel& kernel, std::uint32_t jid, int signal) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir("/proc"), ::closedir);
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    const auto pid = parse_number<pid_t>(entry->d_name);
    if (!pid || jid_of(kernel, entry->d_name) != jid) continue;
    const UniqueFd process = open_process(*pid);
    // Asked again, as the number may mean another process by now.
    if (!process || jid_of(kernel, entry->d_name) != jid) continue;
    signal_process(process, signal);
  }
}

}  // namespace

bool ask_to_end(Kernel& kernel, const InitConfig& inits, Interrupts& interrupts, int jail,
                const std::string& name, int seconds) {
  using Clock = std::chrono::steady_clock;
  ::jail_info info{};
  if (seconds <= 0 || !kernel.jail_info(jail, &info) || info.nr_processes == 0) return false;
  const auto place = PidNamespace::of(kernel, inits, jail);
  if (!place) return false;
  if ((info.cap_ceiling >> CAP_KILL & 1) != 0) {
    signal_inside(kernel, *place, jail, name, SIGTERM);
  } else {
    signal_outside(kernel, info.jid, SIGTERM);
  }
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  while (!interrupts.came()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    std::vector<pollfd> polls{{.fd = jail, .events = POLLIN, .revents = 0},
                              {.fd = interrupts.descriptor(), .events = POLLIN, .revents = 0}};
    constexpr long kMost = 60000;
    constexpr long kAgain = 500;
    // Again, as one that is pending from inside hides ours.
    if (place->init()) signal_process(place->init(), SIGTERM);
    ::poll(polls.data(), polls.size(),
           static_cast<int>(std::min(left, place->init() ? kAgain : kMost)));
    if ((polls[0].revents & POLLIN) != 0) return true;
  }
  return false;
}

}  // namespace libjail::lifecycle
