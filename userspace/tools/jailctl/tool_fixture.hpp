// SPDX-License-Identifier: BSD-2-Clause
// Runs a subcommand as main() does, on a /proc and an /etc of the test's own.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "testing/fake_kernel.hpp"
#include "tools/jailctl/command_line.hpp"

namespace jailctl::testing {

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

class ToolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp.folder("etc");
    temp.file("proc/jails", kHeader);
    temp.file("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
  }

  Outcome run(std::vector<std::string> words) {
    words.insert(words.begin(), "jailctl");
    const auto all = subcommands();
    const auto parsed = parse_command_line(words, all);
    if (const auto* stop = std::get_if<cli::Stop>(&parsed)) {
      return {.status = stop->status, .out = stop->out, .err = stop->err};
    }
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.status = std::get<const Subcommand*>(parsed)->run({.kernel = kernel,
                                                               .messages = messages,
                                                               .proc = temp / "proc",
                                                               .etc = temp / "etc",
                                                               .cgroup = temp / "cgroup",
                                                               .state = temp / "run"});
    outcome.out = ::testing::internal::GetCapturedStdout();
    outcome.err = ::testing::internal::GetCapturedStderr();
    return outcome;
  }

  /// Jails, a line each of /proc/jails.
  void jails(const std::string& lines) const { temp.file("proc/jails", kHeader + lines); }

  static inline const std::string kHeader =
      "jid parent state processes ceiling address name hostname path\n";

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  cli::Messages messages{"jailctl", cli::Verbosity::kNormal};
};

}  // namespace jailctl::testing
