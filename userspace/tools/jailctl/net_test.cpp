// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/net.hpp"

#include "tools/jailctl/tool_fixture.hpp"

namespace jailctl {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class NetworkOfJail : public testing::ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    jails(
        "7 0 active 2 00000000000485fb 10.9.0.2 web www /srv/web\n"
        "8 0 active 2 00000000000485fb 10.9.0.3 db db /srv/db\n"
        "9 0 active 2 00000000000485fb - old old /srv/old\n");
    temp.file("run/addresses/10.9.0.2", "eth0.12|10.9.0.2/24\n");
    temp.file("run/interfaces/eth0.12", "jail web\n");
    temp.file("run/interfaces/j-db", "jail db\n");
  }
};

TEST_F(NetworkOfJail, is_shown) {
  EXPECT_THAT(run({"net", "web"}).out, MatchesRegex("KIND +VALUE +ADDED\n"
                                                    "address +10.9.0.2/24 +eth0.12\n"
                                                    "interface +eth0.12 +host\n"));
  EXPECT_THAT(run({"net", "8"}).out, MatchesRegex("KIND +VALUE +ADDED\n"
                                                  "address +10.9.0.3 +-\n"
                                                  "interface +j-db +host\n"));
  EXPECT_EQ(run({"net", "old"}).out, "KIND VALUE ADDED\n");
  EXPECT_THAT(run({"net", "--json", "web"}).out,
              HasSubstr("\"kind\": \"interface\",\n      \"value\": \"eth0.12\""));
}

TEST_F(NetworkOfJail, of_none) {
  const auto outcome = run({"net", "nosuch"});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("jailctl: jail \"nosuch\": No such process (jls(8) lists"));
}

}  // namespace
}  // namespace jailctl
