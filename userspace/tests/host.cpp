// SPDX-License-Identifier: BSD-2-Clause
#include "tests/host.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>

#include "jail/address.hpp"
#include "jail/linux_kernel.hpp"

namespace guest {
namespace {

namespace fs = std::filesystem;

constexpr auto kApplets = std::to_array({"sh", "cat", "echo", "false", "hostname", "id", "kill",
                                         "ls", "mount", "ps", "sleep", "stty", "true", "tty"});

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

/// Files in the folder, but for "." and "..".
std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const std::function<void()>& in_child) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) < 0 || ::pipe2(err.data(), O_CLOEXEC) < 0) std::abort();
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    if (::dup2(null, 0) < 0) ::_exit(98);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    in_child();
    ::execv(pointers[0], pointers.data());
    ::_exit(99);
  }
  ::close(null);
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  ::close(out_);
  ::close(err_);
}

void Process::read_into(int fd, std::string& text, int timeout) {
  std::array<char, 4096> buffer{};
  for (;;) {
    pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&poll, 1, timeout) <= 0) return;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool Process::prints(const std::string& text) {
  return comes_true([&] {
    read_into(out_, outcome_.out, 20);
    return outcome_.out.find(text) != std::string::npos;
  });
}

int Process::wait() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  if (pid_ > 0) outcome_.status = status_of(status);
  pid_ = -1;
  return outcome_.status;
}

Outcome Process::finish() {
  read_into(out_, outcome_.out, kDone);
  read_into(err_, outcome_.err, kDone);
  wait();
  return outcome_;
}

Outcome run(const std::vector<std::string>& argv, const std::function<void()>& in_child) {
  return Process(argv, in_child).finish();
}

void lead_group() { ::setpgid(0, 0); }

void open_directory_as(int fd) {
  const int directory = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0 || ::dup2(directory, fd) < 0) ::_exit(98);
}

std::vector<libjail::ListedJail> jails() {
  libjail::LinuxKernel kernel;
  auto list = libjail::list_jails(kernel);
  if (!list) {
    ADD_FAILURE() << list.error().text();
    return {};
  }
  return *std::move(list);
}

bool host_has(const std::string& address) {
  libjail::LinuxKernel kernel;
  const auto all = kernel.interface_addresses();
  if (!all) return false;
  for (const auto& entry : *all) {
    if (libjail::format_ip(entry.address) == address) return true;
  }
  return false;
}

std::string host_mounts() { return libjail::testing::read_text("/proc/self/mountinfo"); }

bool comes_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kDone);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::usleep(2000);
  }
  return true;
}

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

void HostTest::SetUp() {
  fs::copy_file("/bin/busybox", root / "busybox");
  for (const char* folder : {"bin", "dev", "etc", "home", "proc", "tmp"}) root.folder(folder);
  for (const char* applet : kApplets) root.link(std::string("bin/") + applet, "../busybox");
  root.file("etc/passwd", "root:x:0:0:root:/:/bin/sh\nbob:x:1000:1001:Bob:/home:/bin/sh\n");
  root.file("etc/group", "games:x:60:bob\n");
  ::chmod(root.path().c_str(), 0755);
  mounts_ = host_mounts();
}

void HostTest::TearDown() {
  EXPECT_TRUE(comes_true([] { return jails().empty(); })) << "a jail is left";
  EXPECT_EQ(host_mounts(), mounts_) << "a mount is left";
  for (const char* kind : {"addresses", "interfaces", "init"}) {
    EXPECT_TRUE(comes_true([kind] { return entries("/run/jail/" + std::string(kind)).empty(); }))
        << "state of " << kind << " is left";
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

std::vector<std::string> HostTest::jail(const std::string& script, std::vector<std::string> options,
                                        const std::string& capmask, const std::string& ip) const {
  std::vector<std::string> argv{kJail};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), {root.path(), capmask, ip, "sh", "-c", script});
  return argv;
}

void HostTest::put_in(const std::string& program) const {
  EXPECT_EQ(run({"/bin/busybox", "cp", program, root / "bin"}).status, 0);
#ifdef __SANITIZE_ADDRESS__  // then our programs are not static
  EXPECT_EQ(run({"/bin/busybox", "cp", "-r", "/lib", "/lib64", root.path()}).status, 0);
#endif
}

}  // namespace guest
