// SPDX-License-Identifier: BSD-2-Clause
// examples/run.c, whose main() is run_example() here.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "tests/host.hpp"

extern "C" int run_example(int argc, char** argv);

namespace guest {
namespace {

using ::testing::HasSubstr;

class Example : public HostTest {
 protected:
  [[nodiscard]] Outcome example(const std::string& address,
                                std::vector<std::string> command) const {
    std::vector<std::string> words{"run", root.path(), address};
    words.insert(words.end(), command.begin(), command.end());
    return run(words, [&] {
      std::vector<char*> argv;
      for (auto& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      ::_exit(run_example(static_cast<int>(words.size()), argv.data()));
    });
  }
};

TEST_F(Example, shows_output_and_status) {
  const auto outcome = example("10.2.3.4", {"/bin/sh", "-c", "ls /; echo bad >&2; exit 7"});
  EXPECT_EQ(outcome.status, 7);
  EXPECT_THAT(outcome.out, HasSubstr("etc\n"));
  EXPECT_THAT(outcome.out, HasSubstr("bad\n"));
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(example("none", {"/bin/sh", "-c", "kill -9 $$"}).status, 128 + 9);
  EXPECT_EQ(example("none", {"/bin/nothing"}).status, 126);
}

TEST_F(Example, waits_for_what_the_command_left) {
  root.file("dev/null", "");  // a shell opens it for what it starts in the background
  const auto script = "(sleep 1; echo >/tmp/late) >/dev/null 2>&1 & exit 3";
  EXPECT_EQ(example("none", {"/bin/sh", "-c", script}).status, 3);
  EXPECT_TRUE(std::filesystem::exists(root / "tmp/late"));
}

TEST_F(Example, refusal_is_explained) {
  const auto outcome = example("192.0.2.99", {"/bin/true"});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("run: make a jail: address 192.0.2.99 is on no interface"));
}

}  // namespace
}  // namespace guest
