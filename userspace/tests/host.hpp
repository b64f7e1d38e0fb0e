// SPDX-License-Identifier: BSD-2-Clause
// The host's side of the guest tests: a root directory to jail, a way to run jail(8), and a look at
// what it leaves behind.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "jail/listing.hpp"
#include "testing/temp_dir.hpp"

namespace guest {

inline constexpr const char* kJail = "/usr/sbin/jail";
inline constexpr const char* kAddress = "10.2.3.4";  ///< on dummy0 in every guest
/// Milliseconds until anything must have ended, also with sanitizers here or in the kernel.
inline constexpr int kDone = 60000;

/// What a program did.
struct Outcome {
  int status = -1;  ///< as a shell has it
  std::string out;
  std::string err;
};

/// A program that was started with its output in pipes and /dev/null as input.
class Process {
 public:
  /// @param in_child  run in the child before it executes
  explicit Process(
      const std::vector<std::string>& argv, const std::function<void()>& in_child = [] {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Reads standard output until @p text came. @return whether it did
  [[nodiscard]] bool prints(const std::string& text);
  /// Standard output as far as it was read.
  [[nodiscard]] const std::string& printed() const { return outcome_.out; }
  /// Waits for the end, of the program and of its output.
  Outcome finish();
  /// Waits for the end of the program only.
  int wait();

 private:
  void read_into(int fd, std::string& text, int timeout);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Outcome outcome_;
};

/// Runs argv to its end.
Outcome run(
    const std::vector<std::string>& argv, const std::function<void()>& in_child = [] {});

/// For the child: makes it lead a process group, so that jail(8) has to wait in a parent.
void lead_group();
/// For the child: opens the host's root directory as @p fd, not close-on-exec.
void open_directory_as(int fd);

[[nodiscard]] std::vector<libjail::ListedJail> jails();
[[nodiscard]] bool host_has(const std::string& address);
[[nodiscard]] std::string host_mounts();
/// Polls until @p condition holds. @return whether it did within kDone
[[nodiscard]] bool comes_true(const std::function<bool()>& condition);
[[nodiscard]] bool is_alive(pid_t pid);

/// A busybox root. After each test nothing may be left on the host.
class HostTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// jail OPTIONS root CAPMASK IP sh -c SCRIPT
  [[nodiscard]] std::vector<std::string> jail(const std::string& script,
                                              std::vector<std::string> options = {},
                                              const std::string& capmask = "default",
                                              const std::string& ip = "none") const;

  /// Copies a program of ours to /bin of the root.
  void put_in(const std::string& program) const;

  libjail::testing::TempDir root;

 private:
  std::string mounts_;
};

}  // namespace guest
