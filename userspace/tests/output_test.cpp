// SPDX-License-Identifier: BSD-2-Clause
// Every tool says why its output cannot be written, and its exit status tells of it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/host.hpp"

namespace guest {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFolder = "/usr/sbin/";

void fill_up() {
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0 || ::dup2(full, STDOUT_FILENO) < 0) ::_exit(98);
}

class Output : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    ASSERT_EQ(run({kJail, "-q", "-c", "name=web", "path=" + root.path(), "persist"}).status, 0);
    files.file("jail.conf", "web { path = " + root.path() + "; persist; }\n");
  }
  void TearDown() override {
    run({kJail, "-q", "-R", "*"});
    HostTest::TearDown();
  }

  libjail::testing::TempDir files;
};

TEST_F(Output, that_cannot_be_written_is_a_failure) {
  struct Case {
    std::vector<std::string> argv;
    int status = 1;
  };
  const std::string conf = files / "jail.conf";
  for (const auto& [argv, status] : {
           Case{{"jail", "--help"}, 125},
           Case{{"jail", "-f", conf, "-e", ";"}},
           Case{{"jail", "-i", "-c", "name=db", "path=" + root.path(), "persist"}},
           Case{{"jexec", "--version"}, 125},
           Case{{"jls"}},
           Case{{"jls", "--json"}},
           Case{{"jls", "--help"}},
           Case{{"jailtop", "-b", "-n", "1", "-d", "0.1"}},
           Case{{"jailtop", "--help"}},
           Case{{"jailtrace", "-t", "1"}},
           Case{{"jailctl", "--help"}},
           Case{{"jailctl", "list"}},
           Case{{"jailctl", "ps", "web"}},
           Case{{"jailctl", "limits", "web"}},
           Case{{"jailctl", "limits", "-n", "web", "pids=9"}},
           Case{{"jailctl", "net", "web"}},
           Case{{"jailctl", "stats"}},
           Case{{"jailctl", "config", "-f", conf, "web"}},
           Case{{"jailctl", "exec", "-n", "web", "true"}},
           Case{{"jailctl", "stop", "-n", "-f", conf, "web"}},
           Case{{"jailctl", "create", "-n", "--from", root.path(), "new"}},
           Case{{"jailctl", "doctor", "-f", conf, "web"}, 2},
           Case{{"jaildoctor", root.path()}, 2},
       }) {
    auto command = argv;
    command[0] = kFolder + argv[0];
    std::string line;
    for (const auto& word : argv) line += word + " ";
    EXPECT_THAT(run(command).err, Not(HasSubstr("write error"))) << line;
    if (argv[0] == "jail") run({kJail, "-q", "-R", "db"});
    const auto outcome = run(command, fill_up);
    EXPECT_EQ(outcome.status, status) << line;
    EXPECT_THAT(outcome.err, EndsWith(": write error: No space left on device\n")) << line;
  }
}

TEST_F(Output, that_tells_of_what_was_done_is_no_part_of_it) {
  const auto stopped = run({kJail, "-r", "web"}, fill_up);
  EXPECT_EQ(stopped.status, 0);
  EXPECT_EQ(stopped.err, "jail: write error: No space left on device\n");
  EXPECT_TRUE(jails().empty());
}

}  // namespace
}  // namespace guest
