// SPDX-License-Identifier: BSD-2-Clause
#include "roots/helper.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "jail/linux_kernel.hpp"

namespace libjail::roots {
namespace {

constexpr int kInterval = 200;               // milliseconds between looks at how far it is
constexpr std::size_t kTextSize = 1U << 14;  // of what a program says, its end
constexpr std::size_t kLines = 5;            // of it in an error
constexpr int kFirstClosed = STDERR_FILENO + 1;

struct Unmap {
  void operator()(Counters* counters) const { ::munmap(counters, sizeof *counters); }
};

struct Running {
  const Helper* helper;
  pid_t pid;
  UniqueFd said;
  std::string text{};
  int status = 0;
};

Result<void> drop_capabilities(std::uint64_t kept) {
  LinuxKernel kernel;
  for (int cap = 0; ::prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; ++cap) {
    if ((kept >> cap & 1U) == 0 && ::prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
      return fail(errno, "drop capabilities");
    }
  }
  const auto had = kernel.capget();
  if (!had) return fail(had.error(), "read capabilities");
  const std::uint64_t left = had->permitted & kept;
  if (const auto set = kernel.capset({.effective = left, .permitted = left, .inheritable = 0});
      !set) {
    return fail(set.error(), "drop capabilities");
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return fail(errno, "PR_SET_NO_NEW_PRIVS");
  return {};
}

Result<void> confine(int root, std::uint64_t capabilities) {
  if (::fchdir(root) < 0 || ::chroot(".") < 0 || ::chdir("/") < 0) {
    return fail(errno, "chroot", errno == EPERM ? "run as root, outside of any jail" : "");
  }
  ::close_range(kFirstClosed, ~0U, 0);
  return drop_capabilities(capabilities);
}

/// All mounts become read-only in a namespace of the caller's own, but for one folder.
Result<void> make_world_read_only(const std::string& writable) {
  const UniqueFd folder(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, writable.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!folder) return fail(errno, "open_tree " + writable);
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (::syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof attributes) <
      0) {
    return fail(errno, "make the mounts read-only");
  }
  if (::move_mount(folder.get(), "", AT_FDCWD, writable.c_str(), MOVE_MOUNT_F_EMPTY_PATH) < 0) {
    return fail(errno, "mount " + writable);
  }
  return {};
}

[[noreturn]] void execute(const Helper& helper) {
  std::vector<std::string> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                       "LC_ALL=C.UTF-8"};
  environment.insert(environment.end(), helper.variables.begin(), helper.variables.end());
  const auto pointers = [](const std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
  };
  const auto argv = pointers(helper.argv);
  const auto envp = pointers(environment);
  ::execvpe(argv[0], argv.data(), envp.data());
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], reason(errno).c_str());
  ::_exit(127);
}

/// The program is the first process of a pid namespace: with it ends all it started.
[[noreturn]] void run_program(const Helper& helper) {
  const auto stop = [](const Error& error) {
    dprintf(STDERR_FILENO, "%s\n", error.text().c_str());
    ::_exit(1);
  };
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) < 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
    stop({.code = errno, .what = "make namespaces", .remedy = errno == EPERM ? "run as root" : ""});
  }
  if (!helper.writable.empty()) {
    if (const auto done = make_world_read_only(helper.writable); !done) stop(done.error());
  }
  if (!helper.devices && ::prctl(PR_CAPBSET_DROP, CAP_MKNOD, 0, 0, 0) < 0) ::_exit(1);
  ::close_range(kFirstClosed, ~0U, 0);
  const pid_t pid = ::fork();
  if (pid < 0) stop({.code = errno, .what = "fork"});
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    execute(helper);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

[[noreturn]] void run_child(const Helper& helper, Counters& counters, int said, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::setpgid(0, 0);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD})
    static_cast<void>(::signal(number, SIG_DFL));
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::umask(022);  // for folders that an archive does not name
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0 || ::dup2(helper.in >= 0 ? helper.in : null, STDIN_FILENO) < 0 ||
      ::dup2(helper.out >= 0 ? helper.out : null, STDOUT_FILENO) < 0 ||
      ::dup2(said, STDERR_FILENO) < 0) {
    ::_exit(1);
  }
  if (!helper.work) run_program(helper);
  // Names in archives are UTF-8; without it the library refuses to convert them.
  static_cast<void>(::setlocale(LC_CTYPE, "C.UTF-8"));
  Result<void> done;
  if (helper.root >= 0) done = confine(helper.root, helper.capabilities);
  if (done) done = helper.work(counters);
  if (done) ::_exit(0);
  dprintf(STDERR_FILENO, "%s\n", done.error().text().c_str());
  ::_exit(1);
}

void keep_end(std::string& text) {
  if (text.size() > kTextSize) text.erase(0, text.size() - kTextSize);
}

/// The last lines of what it said, in one.
std::string summary(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      if (!line.empty()) lines.push_back(std::exchange(line, {}));
    } else {
      line += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
  }
  if (!line.empty()) lines.push_back(line);
  std::string result;
  for (std::size_t i = lines.size() - std::min(lines.size(), kLines); i < lines.size(); ++i) {
    result += (result.empty() ? "" : " | ") + lines[i];
  }
  return result;
}

/// Waits until all have ended, or kills them.
Result<void> watch(const Environment& environment, const std::string& step,
                   std::vector<Running>& running, const Counters& counters) {
  bool killed = false;
  for (;;) {
    std::vector<pollfd> polls;
    for (const auto& one : running) {
      if (one.said) polls.push_back({.fd = one.said.get(), .events = POLLIN, .revents = 0});
    }
    if (polls.empty()) break;
    const int ready = ::poll(polls.data(), polls.size(), kInterval);
    if (!killed && environment.interrupted()) {
      for (const auto& one : running) ::kill(-one.pid, SIGKILL);
      killed = true;
    }
    environment.progress({.step = step, .files = counters.files, .bytes = counters.bytes});
    if (ready <= 0) continue;
    for (auto& one : running) {
      const auto poll = std::ranges::find(polls, one.said.get(), &pollfd::fd);
      if (!one.said || poll == polls.end() || poll->revents == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t got = ::read(one.said.get(), buffer.data(), buffer.size());
      if (got > 0) one.text.append(buffer.data(), static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) one.said.reset();
      keep_end(one.text);
    }
  }
  for (auto& one : running) {
    while (::waitpid(one.pid, &one.status, 0) < 0 && errno == EINTR) {
    }
  }
  if (killed) return fail(EINTR, "stopped");
  return {};
}

Result<void> verdict(const std::vector<Running>& running) {
  const Running* failed = nullptr;
  for (const auto& one : running) {
    if (one.status == 0) continue;
    // Whoever writes to one that has failed dies of SIGPIPE.
    const bool consequence = WIFSIGNALED(one.status) && WTERMSIG(one.status) == SIGPIPE;
    if (failed == nullptr || !consequence) failed = &one;
    if (!consequence) break;
  }
  if (failed == nullptr) return {};
  auto text = summary(failed->text);
  if (text.empty()) {
    text = WIFSIGNALED(failed->status)
               ? "ended by signal " + std::to_string(WTERMSIG(failed->status))
               : "ended with status " + std::to_string(WEXITSTATUS(failed->status));
  }
  return fail(0, failed->helper->what + ": " + text);
}

}  // namespace

Result<void> run_helpers(const Environment& environment, const std::string& step,
                         const std::vector<Helper>& helpers, Counters* total) {
  void* memory =
      ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const auto close_all = [&] {
    for (const auto& helper : helpers) {
      for (const int fd : {helper.in, helper.out}) {
        if (fd >= 0) ::close(fd);
      }
    }
  };
  if (memory == MAP_FAILED) {
    close_all();
    return fail(errno, "share memory");
  }
  const std::unique_ptr<Counters, Unmap> counters(new (memory) Counters);
  std::vector<Running> running;
  Result<void> started;
  const pid_t self = ::getpid();
  for (const auto& helper : helpers) {
    std::array<int, 2> said{};
    if (::pipe2(said.data(), O_CLOEXEC) < 0) {
      started = fail(errno, "make a pipe");
      break;
    }
    UniqueFd reader(said[0]);
    const UniqueFd writer(said[1]);
    const pid_t pid = ::fork();
    if (pid == 0) run_child(helper, *counters, writer.get(), self);
    if (pid < 0) {
      started = fail(errno, "fork");
      break;
    }
    ::setpgid(pid, pid);  // the child does it too: whoever comes first
    running.push_back({.helper = &helper, .pid = pid, .said = std::move(reader)});
  }
  close_all();
  if (!started) {
    for (const auto& one : running) ::kill(-one.pid, SIGKILL);
  }
  auto watched = watch(environment, step, running, *counters);
  if (total != nullptr) {
    total->files = counters->files.load();
    total->bytes = counters->bytes.load();
    total->devices = counters->devices.load();
    total->warnings = counters->warnings.load();
  }
  if (!started) return started;
  if (!watched) return watched;
  return verdict(running);
}

std::optional<std::string> remark(const Counters& counters) {
  std::string text;
  if (const auto count = counters.devices.load(); count > 0) {
    text = std::to_string(count) + " device nodes or sockets were left out";
  }
  if (const auto count = counters.warnings.load(); count > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(count) +
            " files lack attributes that a jail cannot have";
  }
  if (text.empty()) return {};
  return text;
}

}  // namespace libjail::roots
