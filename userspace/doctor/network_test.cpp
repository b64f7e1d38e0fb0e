// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/network.hpp"

#include "doctor/fixture.hpp"

namespace libjail::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Is;
using ::testing::IsEmpty;

constexpr std::uint32_t kIp = 0x0a020304;

class Network : public testing::DoctorTest {
 protected:
  void SetUp() override {
    DoctorTest::SetUp();
    subject.address = kIp;
    kernel.addresses = {{"eth0", kIp}};
  }
  void sockets(const std::string& file, const std::string& lines) const {
    temp.file("proc/net/" + file, "  sl  local_address rem_address   st tx_queue\n" + lines);
  }
  void jail(const std::string& state, const std::string& name) const {
    temp.file("proc/jails", std::string(kHeader) + "1 0 " + state +
                                " 1 0000000000000000 10.2.3.4 " + name + " - /srv/x\n");
  }
};

TEST_F(Network, address_of_its_own) {
  sockets("tcp",
          "   0: 0100007F:0019 00000000:0000 0A 0:0\n"
          "   1: 00000000:0050 04030201:0050 01 0:0\n");
  jail("active", "web");
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Network, address_on_no_interface) {
  kernel.addresses = {{"eth0", kIp + 1}};
  EXPECT_THAT(findings(), ElementsAre(Is("ip-missing", "10.2.3.4")));
  subject.adds_address = true;
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Network, address_of_another_jail) {
  jail("active", "other");
  EXPECT_THAT(findings(), ElementsAre(Is("ip-shared", "10.2.3.4")));
  jail("dying", "other");
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Network, servers_of_the_host) {
  sockets("tcp", "   0: 00000000:0016 00000000:0000 0A 0:0\n");
  sockets("tcp6",
          "   0: 00000000000000000000000000000000:0050 "
          "00000000000000000000000000000000:0000 0A 0:0\n");
  sockets("udp", "   0: 00000000:006F 00000000:0000 07 0:0\n");
  const auto found = findings();
  ASSERT_THAT(found, ElementsAre(Is("ip-host-listens", "10.2.3.4")));
  EXPECT_THAT(found[0].sentence, HasSubstr(": 22/tcp, 80/tcp, 111/udp"));
  EXPECT_THAT(findings(Scope::kFatal), IsEmpty());
}

TEST_F(Network, server_of_the_host_on_the_very_address) {
  sockets("tcp", "   0: 0403020A:0016 00000000:0000 0A 0:0\n");
  EXPECT_THAT(findings(), ElementsAre(Is("ip-host-listens", "10.2.3.4")));
  jail("active", "web");
  EXPECT_THAT(findings(), IsEmpty()) << "it is the jail's own";
}

TEST_F(Network, of_its_own_has_nothing_of_the_host) {
  kernel.addresses.clear();
  sockets("tcp", "   0: 00000000:0016 00000000:0000 0A 0:0\n");
  jail("active", "other");
  subject.own_network = true;
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Network, no_address_no_question) {
  subject.address.reset();
  sockets("tcp", "   0: 00000000:0016 00000000:0000 0A 0:0\n");
  EXPECT_THAT(findings(), IsEmpty());
}

}  // namespace
}  // namespace libjail::doctor
