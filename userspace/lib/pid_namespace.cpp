// SPDX-License-Identifier: BSD-2-Clause
#include "jail/pid_namespace.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "jail/listing.hpp"
#include "jail/read_file.hpp"
#include "lib/state_folder.hpp"
#include "lib/text.hpp"

namespace libjail {
namespace {

constexpr const char* kKind = "init";
constexpr int kFirst = 16;  ///< above the descriptors that have a meaning on the way into a jail

Sys<UniqueFd> open_process(pid_t pid) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return std::unexpected(errno);
  UniqueFd high(::fcntl(process.get(), F_DUPFD_CLOEXEC, kFirst));
  if (!high) return std::unexpected(errno);
  return high;
}

Result<::jail_info> information(Kernel& kernel, int jail) {
  ::jail_info info{};
  if (const auto asked = kernel.jail_info(jail, &info); !asked) {
    return fail(asked.error(), "information of the jail");
  }
  return info;
}

bool is_in_jail(Kernel& kernel, const InitConfig& config, pid_t pid, std::uint32_t jid) {
  const auto status =
      read_file(kernel, AT_FDCWD, (config.proc + "/" + std::to_string(pid) + "/status").c_str());
  if (!status) return false;
  return std::ranges::any_of(split(*status, '\n'), [jid](std::string_view line) {
    return line.starts_with("Jid:\t") && parse_number<std::uint32_t>(line.substr(5)) == jid;
  });
}

bool has_ended(const UniqueFd& process) {
  pollfd poll{.fd = process.get(), .events = POLLIN, .revents = 0};
  return ::poll(&poll, 1, 0) > 0;
}

}  // namespace

Result<void> remember_init(Kernel& kernel, const InitConfig& config, int jail, pid_t init) {
  const auto info = information(kernel, jail);
  if (!info) return std::unexpected(info.error());
  const auto folder = StateFolder::open(config.state_dir, kKind);
  if (!folder) return std::unexpected(folder.error());
  const auto file = folder->create(std::to_string(info->jid),
                                   std::to_string(init) + " " + std::to_string(info->start_time));
  if (!file) return std::unexpected(file.error());
  return {};
}

Result<void> sweep_inits(Kernel& kernel, const InitConfig& config) {
  if (!StateFolder::exists(config.state_dir, kKind)) return {};
  const auto folder = StateFolder::open(config.state_dir, kKind);
  if (!folder) return std::unexpected(folder.error());
  const auto names = folder->names();
  if (!names) return std::unexpected(names.error());
  if (names->empty()) return {};
  const auto jails = list_jails(kernel, config.listing.c_str());
  if (!jails) return std::unexpected(jails.error());
  for (const auto& name : *names) {
    const auto jid = parse_number<std::uint32_t>(name);
    if (jid && std::ranges::find(*jails, *jid, &ListedJail::jid) != jails->end()) continue;
    if (auto removed = folder->remove(name); !removed) return removed;
  }
  return {};
}

Result<UniqueFd> find_init(Kernel& kernel, const InitConfig& config, int jail) {
  // Without a lock: for most jails there is nothing, and it shall cost no more than to see that.
  const auto info = information(kernel, jail);
  if (!info) return std::unexpected(info.error());
  const std::string path = config.state_dir + "/" + kKind + "/" + std::to_string(info->jid);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return UniqueFd();
  const std::string text = read_state(file.get());
  const auto words = split(text, ' ');
  if (words.size() != 2 || parse_number<std::uint64_t>(words[1]) != info->start_time) {
    return UniqueFd();  // of a jail that had this number before
  }
  const pid_t pid = parse_number<pid_t>(words[0]).value_or(0);
  auto process = open_process(pid);
  if (!process) return UniqueFd();
  // In this order: as long as it has not ended, the number is its own.
  if (!is_in_jail(kernel, config, pid, info->jid) || has_ended(*process)) return UniqueFd();
  return *std::move(process);
}

Result<PidNamespace> PidNamespace::of(Kernel& kernel, const InitConfig& config, int jail) {
  auto init = find_init(kernel, config, jail);
  if (!init) return std::unexpected(init.error());
  if (!*init) return PidNamespace();
  return PidNamespace(&kernel, *std::move(init));
}

Result<pid_t> PidNamespace::fork() const {
  if (kernel_ == nullptr) {
    const pid_t pid = ::fork();
    if (pid < 0) return fail(errno, "fork");
    return pid;
  }
  const auto own = open_process(::getpid());
  if (!own) return fail(own.error(), "open the PID namespace");
  const auto moved =
      init_ ? kernel_->enter_pid_namespace(init_.get()) : kernel_->unshare(CLONE_NEWPID);
  if (!moved) {
    return fail(moved.error(),
                init_ ? "enter the PID namespace of the jail" : "make a PID namespace");
  }
  const pid_t pid = ::fork();
  if (pid == 0) return pid;
  const int error = pid < 0 ? errno : 0;
  const auto back = kernel_->enter_pid_namespace(own->get());
  if (!back && pid > 0) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  if (error != 0) {
    return fail(error, "fork into the PID namespace of the jail",
                error == ENOMEM ? "its process 1 has ended" : "");
  }
  if (!back) return fail(back.error(), "leave the PID namespace of the jail");
  return pid;
}

}  // namespace libjail
