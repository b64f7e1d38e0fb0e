// SPDX-License-Identifier: BSD-2-Clause
#include "limits/unit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "jail/read_file.hpp"
#include "lib/text.hpp"

namespace libjail::limits {
namespace {

constexpr const char* kSlice = "/jail.slice/";
constexpr const char* kKeeper = "/keeper";
constexpr int kTries = 100;
constexpr unsigned int kPause = 50000;  // microseconds: one that has just ended is soon forgotten

std::string service_name(const std::string& jail) { return "jail@" + jail + ".service"; }
std::string scope_name(const std::string& jail) { return "jail-" + jail + ".scope"; }

Sys<std::string> read_path(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(errno);
  return read_all(fd.get());
}

Sys<void> write_path(const std::string& path, const std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) return std::unexpected(errno);
  return {};
}

/// Where the service of the jail is, if we are in it; else an empty string.
std::string own_service(const std::string& jail, const std::string& root, const Systemd& systemd) {
  const auto text = read_path(systemd.own_group).value_or("");
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with("0::/")) continue;
    std::string path;
    for (const auto part : split(line.substr(4), '/')) {
      path += "/" + std::string(part);
      if (part == service_name(jail)) return root + path;
    }
  }
  return "";
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Sys<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return std::unexpected(errno);
  return Pipe{.read = UniqueFd(ends[0]), .write = UniqueFd(ends[1])};
}

/// In a child of its own: what interrupts the caller must not end it.
[[noreturn]] void be_holder(const std::string& name, const Systemd& systemd, int input,
                            int output) {
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0) ::_exit(1);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  const std::string unit = "--unit=" + name;
  ::execl(systemd.run.c_str(), "systemd-run", "--scope", "--quiet", "--collect",
          "--slice=jail.slice", unit.c_str(), "--property=Delegate=yes",
          "--property=TasksMax=infinity", "--property=Wants=jail-scopes.service",
          "--property=Before=jail-scopes.service", "--description=Jail", "/bin/cat", nullptr);
  const std::string text = systemd.run + ": " + reason(errno);
  static_cast<void>(::write(1, text.data(), text.size()));
  ::_exit(1);
}

void end(UniqueFd& hold, pid_t holder) {
  hold.reset();
  if (holder > 0) ::kill(holder, SIGTERM);
  while (holder > 0 && ::waitpid(holder, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

bool has_systemd(const std::string& root) {
  return ::access((root + "/init.scope").c_str(), F_OK) == 0;
}

std::vector<std::string> unit_paths(const std::string& jail, const std::string& root) {
  return {root + kSlice + service_name(jail), root + kSlice + scope_name(jail)};
}

Result<Unit> Unit::take(const std::string& jail, const std::string& root, const Systemd& systemd) {
  std::string path = own_service(jail, root, systemd);
  auto unit = path.empty() ? make_scope(root + kSlice + scope_name(jail), scope_name(jail), systemd)
                           : Result<Unit>(Unit(std::move(path), UniqueFd(), 0));
  if (!unit) return unit;
  if (auto done = unit->make_room(); !done) return std::unexpected(done.error());
  return unit;
}

Result<Unit> Unit::make_scope(const std::string& path, const std::string& name,
                              const Systemd& systemd) {
  std::string said;
  for (int i = 0; i < kTries; ++i) {
    if (i > 0) ::usleep(kPause);
    auto to = make_pipe();
    auto from = make_pipe();
    if (!to || !from) return fail(errno, "make a pipe");
    // cat(1) repeats it as soon as the scope is there.
    static_cast<void>(::write(to->write.get(), "\n", 1));
    const pid_t holder = ::fork();
    if (holder < 0) return fail(errno, "fork");
    if (holder == 0) be_holder(name, systemd, to->read.get(), from->write.get());
    from->write.reset();
    to->read.reset();
    char byte = 0;
    while (::read(from->read.get(), &byte, 1) < 0 && errno == EINTR) {
    }
    if (byte == '\n') return Unit(path, std::move(to->write), holder);
    said = (byte == 0 ? "" : std::string(1, byte)) + read_all(from->read.get()).value_or("");
    end(to->write, holder);
    if (!said.contains("already")) break;  // one of that name has not ended yet
  }
  while (said.ends_with('\n')) said.pop_back();
  return fail(0, "unit " + name + ": " + said);
}

Result<void> Unit::make_room() const {
  const std::string keeper = path_ + kKeeper;
  if (::mkdir(keeper.c_str(), 0755) < 0 && errno != EEXIST) {
    return fail(errno, "control group " + keeper);
  }
  const auto processes = read_path(path_ + "/cgroup.procs");
  if (!processes) return fail(processes.error(), "control group " + path_);
  for (const auto process : split(*processes, '\n')) {
    if (process.empty()) continue;
    const auto moved = write_path(keeper + "/cgroup.procs", std::string(process));
    if (!moved && moved.error() != ESRCH) {
      return fail(moved.error(), "move process " + std::string(process) + " to " + keeper);
    }
  }
  return {};
}

Result<void> Unit::keep() {
  hold_.reset();
  holder_ = 0;
  if (const auto done = write_path(path_ + kKeeper + "/cgroup.procs", "0"); !done) {
    return fail(done.error(), "join control group " + path_ + kKeeper);
  }
  return {};
}

Unit::Unit(Unit&& other) noexcept
    : path_(std::move(other.path_)),
      hold_(std::move(other.hold_)),
      holder_(std::exchange(other.holder_, 0)) {}

Unit& Unit::operator=(Unit&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(hold_, other.hold_);
  std::swap(holder_, other.holder_);
  return *this;
}

Unit::~Unit() { end(hold_, holder_); }

}  // namespace libjail::limits
