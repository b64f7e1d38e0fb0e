// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/keeper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

#include "lifecycle/output.hpp"
#include "lifecycle/process.hpp"

namespace libjail::lifecycle {
namespace {

constexpr int kPatience = 10000;           ///< milliseconds for a keeper to end
constexpr std::string_view kReady = "\n";  ///< what no error begins with
constexpr int kPause = 50;                 ///< milliseconds between two looks at a lock

/// Closes what lies above the standard descriptors, but for those.
void close_all_but(std::vector<int> kept) {
  std::ranges::sort(kept);
  unsigned int next = 3;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned int>(fd);
    if (number < next) continue;
    if (number > next) ::close_range(next, number - 1, 0);
    next = number + 1;
  }
  ::close_range(next, ~0U, 0);
}

class Keeper {
 public:
  Keeper(const Host& host, std::string name, const Kept& kept)
      : host_(host), name_(std::move(name)), kept_(kept) {}

  /// @return whether everything is ready
  bool prepare() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    events_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!signals_ || !events_ || !watch(signals_.get(), EPOLLIN)) return false;
    // Edge-triggered, as a jail that persists is readable all the time that it is empty.
    if (!watch(kept_.jail, EPOLLIN | EPOLLET)) return false;
    return std::ranges::all_of(kept_.outputs, [this](int fd) { return watch(fd, EPOLLIN); });
  }

  /// Until the jail is over or we are told. @return whether all was taken back
  bool run() {
    std::array<epoll_event, 4> events{};
    while (!is_over()) {
      const int count = ::epoll_wait(events_.get(), events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
        if (fd == signals_.get()) return take_back();
        if (fd != kept_.jail && !discard(fd)) ::close(fd);
      }
    }
    return finish();
  }

 private:
  [[nodiscard]] bool watch(int fd, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    return ::epoll_ctl(events_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  [[nodiscard]] bool is_over() const {
    if (!host_.kernel.jail_wait(kept_.jail, 0).value_or(false)) return false;
    ::jail_info info{};
    return !kept_.persist || !host_.kernel.jail_info(kept_.jail, &info) ||
           info.state == JAIL_STATE_DYING;
  }

  [[nodiscard]] bool is_told() const {
    pollfd poll{.fd = signals_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, kPause) > 0;
  }

  /// The jail ended by itself, or somebody is about to remove it, who will tell us.
  bool finish() {
    for (;;) {
      auto record = Record::find(host_.state_dir(), name_, 0);
      if (!record && record.error().code == EBUSY) {
        if (is_told()) return take_back();
        continue;
      }
      const bool all = take_back();
      // One that is not kStarted belongs to a removal that was killed, and has yet to be completed.
      if (!record) return all;
      std::optional<Record>& found = *record;
      if (!found || found->state().phase != Phase::kStarted) return all;
      return found->remove() && all;
    }
  }

  bool take_back() {
    ::close(kept_.jail);  // now the kernel lets go of the address
    const bool network = kept_.lease.release_network(host_).has_value();
    const bool group = kept_.lease.release_group().has_value();
    return sweep_inits(host_.kernel, host_.inits()).has_value() && group && network;
  }

  const Host& host_;
  std::string name_;
  const Kept& kept_;
  UniqueFd signals_;
  UniqueFd events_;
};

/// In a process of its own, without any tie to the caller's session or files.
[[noreturn]] void be_keeper(const Host& host, const Record& record, const Kept& kept, int ready) {
  ::prctl(PR_SET_NAME, "jail-keeper");
  ::setsid();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int fd = 0; fd < 3; ++fd) {
    if (!null || ::dup2(null.get(), fd) < 0) ::_exit(1);
  }
  if (!kept.lease.keep()) ::_exit(1);
  const auto post = record.keep();
  if (!post) {
    const std::string why = post.error().text();
    static_cast<void>(::write(ready, why.data(), why.size()));
    ::_exit(1);
  }
  if (::chdir("/") < 0) ::_exit(1);
  // Not the lock of the record: that is the caller's.
  std::vector<int> open = kept.lease.descriptors();
  open.insert(open.end(), kept.outputs.begin(), kept.outputs.end());
  open.insert(open.end(), {kept.jail, post->get(), ready});
  close_all_but(std::move(open));
  Keeper keeper(host, record.name(), kept);
  if (!keeper.prepare() || ::write(ready, kReady.data(), 1) != 1) ::_exit(1);
  ::close(ready);
  ::_exit(keeper.run() ? 0 : 1);  // what failed is left to the next sweep
}

}  // namespace

Result<pid_t> start_keeper(const Host& host, const Record& record, const Kept& kept) {
  std::array<int, 2> ready{-1, -1};
  if (::pipe2(ready.data(), O_CLOEXEC) < 0) return fail(errno, "make a pipe");
  const UniqueFd ready_read(ready[0]);
  UniqueFd ready_write(ready[1]);
  const pid_t keeper = ::fork();
  if (keeper < 0) return fail(errno, "fork");
  if (keeper == 0) be_keeper(host, record, kept, ready_write.get());
  ready_write.reset();
  std::array<char, 512> answer{};
  ssize_t got = -1;
  while ((got = ::read(ready_read.get(), answer.data(), answer.size())) < 0 && errno == EINTR) {
  }
  const std::string_view text(answer.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
  if (text == kReady) return keeper;
  ::waitpid(keeper, nullptr, 0);
  return fail(0, text.empty() ? "the keeper of the jail could not be started" : std::string(text));
}

Result<void> dismiss_keeper(const Record& record) {
  const pid_t pid = record.keeper();
  if (pid <= 0) return {};
  const UniqueFd process = open_process(pid);
  if (!process || record.keeper() != pid) return {};  // it has ended meanwhile
  pollfd poll{.fd = process.get(), .events = POLLIN, .revents = 0};
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (!signal_process(process, signal) && errno != ESRCH) {
      return fail(errno, "tell the keeper of jail \"" + record.name() + "\" to end");
    }
    int ready = 0;
    while ((ready = ::poll(&poll, 1, kPatience)) < 0 && errno == EINTR) {
    }
    if (ready > 0) return {};
  }
  return fail(0, "the keeper of jail \"" + record.name() + "\" does not end");
}

}  // namespace libjail::lifecycle
