// SPDX-License-Identifier: BSD-2-Clause
// Process 1 of a PID namespace, but of no jail.
#include "session/init.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <functional>

#include "jail/linux_kernel.hpp"
#include "jail/pid_namespace.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace session {
namespace {

/// What /proc says of a process in a line of its status.
std::string status_of(const std::string& pid, const std::string& field) {
  const auto text = libjail::testing::read_text("/proc/" + pid + "/status");
  const auto at = text.find("\n" + field + ":\t");
  return at == std::string::npos ? "" : text.substr(at + field.size() + 3);
}

class Init : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "unshare(2) needs root";
  }
  void TearDown() override {
    if (pid_ > 0) end(SIGKILL);
  }

  /// Runs @p body as process 1.
  void start(const std::function<void(Channel)>& body) {
    auto ends = Channel::make();
    ASSERT_TRUE(ends);
    const auto child = libjail::PidNamespace::fresh(kernel_).fork();
    ASSERT_THAT(child, libjail::testing::IsOk());
    if (*child == 0) {
      ends->first.close();
      if (ends->second.move_to(kChannel)) body(std::move(ends->second));
      ::_exit(99);
    }
    pid_ = *child;
    channel_ = std::move(ends->first);
  }
  /// Lets it end. @return its exit status
  int end(int signal = 0) {
    int status = 0;
    do {  // again, as one that is pending from inside hides ours
      if (signal != 0) ::kill(pid_, signal);
      if (signal != 0) ::usleep(1000);
    } while (::waitpid(pid_, &status, signal != 0 ? WNOHANG : 0) == 0);
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  void let_go() const {
    channel_.send(Message::Kind::kMade, "");
    ::shutdown(channel_.get(), SHUT_WR);
  }
  /// What it says next; kError where it has closed the channel.
  Message::Kind says() {
    while (channel_) {
      pollfd poll{.fd = channel_.get(), .events = POLLIN, .revents = 0};
      ::poll(&poll, 1, -1);
      if (const auto message = channel_.receive(); message) {
        text_ = message->text;
        return message->kind;
      }
    }
    return Message::Kind::kError;
  }

  libjail::LinuxKernel kernel_;
  Channel channel_{libjail::UniqueFd()};
  std::string text_;
  pid_t pid_ = -1;
};

TEST_F(Init, ends_when_it_is_let_go_and_alone) {
  start([](Channel channel) { stay_as_init(std::move(channel), false); });
  let_go();
  EXPECT_EQ(says(), Message::Kind::kError);
  EXPECT_EQ(end(), 0);
}

TEST_F(Init, stays_with_a_process_and_ends_after_it) {
  start([](Channel channel) {
    if (::fork() == 0) {
      ::close(kChannel);
      for (;;) ::pause();
    }
    stay_as_init(std::move(channel), false);
  });
  let_go();
  EXPECT_EQ(says(), Message::Kind::kBusy);
  EXPECT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0);
  // From outside: it ends, but not before its child.
  ::kill(pid_, SIGTERM);
  EXPECT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0);
  EXPECT_EQ(end(SIGKILL), 128 + SIGKILL);
}

TEST_F(Init, persists_until_it_is_told_from_outside) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  libjail::UniqueFd test(pair[0]);
  libjail::UniqueFd insider(pair[1]);
  start([&](Channel channel) {
    const auto init = std::filesystem::read_symlink("/proc/self").string();
    if (::fork() == 0) {
      test.reset();
      // The kernel drops what process 1 does not block.
      while (status_of(init, "SigBlk").starts_with("0000000000000000")) ::sched_yield();
      for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGKILL}) ::kill(1, signal);
      char byte = 0;
      ::_exit(::write(insider.get(), &byte, 1) == 1 && ::read(insider.get(), &byte, 1) == 0 ? 0
                                                                                            : 1);
    }
    stay_as_init(std::move(channel), true);
  });
  insider.reset();
  char byte = 0;
  ASSERT_EQ(::read(test.get(), &byte, 1), 1);
  // The signals have woken it: when it sleeps again it has taken them.
  while (!status_of(std::to_string(pid_), "State").starts_with("S")) ::sched_yield();
  pollfd poll{.fd = channel_.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&poll, 1, 0), 0) << "what comes from inside means nothing to it";
  test.reset();
  let_go();
  EXPECT_EQ(says(), Message::Kind::kBusy);
  EXPECT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0);
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(Init, ends_with_all_if_who_makes_the_jail_was_killed) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  libjail::UniqueFd test(pair[0]);
  libjail::UniqueFd insider(pair[1]);
  start([&](Channel channel) {
    if (::fork() == 0) {
      test.reset();
      ::close(kChannel);
      for (;;) ::pause();
    }
    stay_as_init(std::move(channel), true);
  });
  insider.reset();
  channel_.close();
  EXPECT_EQ(end(), 1);
  char byte = 0;
  EXPECT_EQ(::read(test.get(), &byte, 1), 0) << "its child has ended, too";
}

TEST_F(Init, has_the_status_of_the_command) {
  start([](Channel channel) {
    if (fork_from_init(channel)) ::_exit(42);
  });
  EXPECT_EQ(end(), 42);
  start([](Channel channel) {
    if (!fork_from_init(channel)) ::_exit(98);
    static_cast<void>(::raise(SIGUSR1));
  });
  EXPECT_EQ(end(), 128 + SIGUSR1);
}

TEST_F(Init, passes_signals_from_outside_on_to_the_command) {
  start([](Channel channel) {
    if (!fork_from_init(channel)) ::_exit(98);
    for (;;) ::pause();
  });
  int status = 0;
  bool ended = false;
  for (int i = 0; i < 10000 && !ended; ++i) {  // the kernel drops what comes too early
    ::kill(pid_, SIGUSR1);
    ::usleep(1000);
    ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
  }
  ASSERT_TRUE(ended);
  pid_ = -1;
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGUSR1);
}

TEST_F(Init, command_leads_a_session) {
  start([](Channel channel) {
    if (fork_from_init(channel)) ::_exit(::getsid(0) == ::getpid() && ::getpid() == 2 ? 7 : 8);
  });
  EXPECT_EQ(end(), 7);
}

TEST_F(Init, adopts_what_the_command_leaves) {
  start([](Channel channel) {
    if (!fork_from_init(channel)) ::_exit(98);
    if (::fork() == 0) {
      ::close(kChannel);
      while (::getppid() != 1) ::sched_yield();
      for (;;) ::pause();
    }
    ::_exit(3);
  });
  EXPECT_EQ(says(), Message::Kind::kStatus);
  EXPECT_EQ(text_, "3");
  EXPECT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0);
}

TEST_F(Init, shows_no_arguments_of_the_host) {
  start([](Channel channel) {
    wipe_arguments();
    stay_as_init(std::move(channel), false);
  });
  const std::string path = "/proc/" + std::to_string(pid_) + "/cmdline";
  while (libjail::testing::read_text("/proc/" + std::to_string(pid_) + "/comm") != "jail-init\n") {
    ::sched_yield();
  }
  const auto text = libjail::testing::read_text(path);
  EXPECT_EQ(text.substr(0, 10), std::string("jail-init\0", 10));
  EXPECT_EQ(text.find_first_not_of('\0', 10), std::string::npos) << text;
  let_go();
  EXPECT_EQ(end(), 0);
}

}  // namespace
}  // namespace session
