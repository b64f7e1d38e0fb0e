// SPDX-License-Identifier: BSD-2-Clause
#include "network/network.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::network {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;
using ::testing::SizeIs;

constexpr const char* kListing = "jid parent state processes ceiling address name hostname path\n";

/// The test makes and removes interfaces where jail-net(8) would.
class Networks : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.file("jails", kListing);
    folder.file("forwarding", "1\n");
  }

  static conf::JailConfig alias() {
    return {
        .name = "web",
        .address = Address{.ip = 0x0a090002,
                           .alias = Alias{.ip = 0x0a090002, .interface = "eth0", .prefix = 24}}};
  }
  static conf::JailConfig vlan() {
    auto config = alias();
    config.address->alias->interface = "eth0.12";
    config.vlan = conf::Vlan{.interface = "eth0", .id = 12};
    return config;
  }
  static conf::JailConfig veth() {
    auto config = alias();
    config.vnet = true;
    return config;
  }
  static conf::JailConfig nat() {
    auto config = veth();
    config.nat = true;
    config.redirects = {{.protocol = "tcp", .address = 0xcb007105, .port = 8080, .jail_port = 80}};
    return config;
  }
  static conf::JailConfig moved() {
    auto config = veth();
    config.vnet_interfaces = {"eth0", "eth1"};
    return config;
  }

  auto up(const conf::JailConfig& jail) { return Network::up(kernel, config, jail); }
  auto swept() { return sweep(kernel, config); }
  void jail_lives() const {
    folder.file("jails", std::string(kListing) + "1 0 active 1 0 10.9.0.2 web web /\n");
  }
  /// What jail-net(8) and jail-nat(8) were called with, with the namespace's path as "NS".
  [[nodiscard]] std::vector<std::string> runs() const {
    std::vector<std::string> all;
    const std::string own = "/proc/" + std::to_string(::getpid()) + "/fd/";
    for (const auto& argv : kernel.runs) {
      std::string line = argv[0] == "/jail-nat" ? "nat " : "";
      for (std::size_t i = 1; i < argv.size(); ++i) {
        line += (i > 1 ? " " : "") + (argv[i].starts_with(own) ? "NS" : argv[i]);
      }
      all.push_back(line);
    }
    return all;
  }
  [[nodiscard]] std::vector<std::string> leases() const {
    std::vector<std::string> names;
    for (const char* kind : {"addresses", "interfaces"}) {
      std::error_code none;
      for (const auto& entry :
           fs::directory_iterator(folder / ("run/" + std::string(kind)), none)) {
        names.push_back(entry.path().filename());
      }
    }
    return names;
  }

  testing::TempDir folder;
  testing::FakeKernel kernel;
  NetworkConfig config{
      .state_dir = folder / "run",
      .helper = "/h",
      .listing = folder / "jails",
      .forwarding = folder / "forwarding",
      .has_interface = [this](const std::string& name) { return interfaces.contains(name); },
      .index_of = [this](const std::string&) { return index; }};
  std::set<std::string> interfaces;
  unsigned int index = 0;  ///< of all of them
};

TEST_F(Networks, none) {
  auto network = up({.name = "web"});
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(network->enter(kernel), IsOk());
  EXPECT_THAT(network->descriptors(), IsEmpty());
  EXPECT_THAT(*network->release(kernel, config), IsEmpty());
  EXPECT_THAT(runs(), IsEmpty());
  EXPECT_THAT(kernel.calls, IsEmpty());
}

TEST_F(Networks, alias_comes_and_goes) {
  auto network = up(alias());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(network->steps(), ElementsAre("ip address add 10.9.0.2/24 dev eth0"));
  EXPECT_THAT(network->descriptors(), SizeIs(1));
  EXPECT_THAT(*network->release(kernel, config),
              ElementsAre("ip address del 10.9.0.2/24 dev eth0"));
  EXPECT_THAT(runs(), ElementsAre("address add eth0 10.9.0.2/24", "address del eth0 10.9.0.2/24"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, vlan_comes_and_goes) {
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(network->steps(),
              ElementsAre("ip link add link eth0 name eth0.12 type vlan id 12",
                          "ip link set eth0.12 up", "ip address add 10.9.0.2/24 dev eth0.12"));
  EXPECT_THAT(network->descriptors(), SizeIs(2));
  EXPECT_EQ(testing::read_text(folder / "run/interfaces/eth0.12"), "jail web\n");
  EXPECT_THAT(*network->release(kernel, config),
              ElementsAre("ip address del 10.9.0.2/24 dev eth0.12", "ip link del eth0.12"));
  EXPECT_THAT(runs(), ElementsAre("vlan add eth0 12", "address add eth0.12 10.9.0.2/24",
                                  "address del eth0.12 10.9.0.2/24", "link del eth0.12"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, vlan_goes_when_its_address_fails) {
  kernel.fail("run address add", ENOENT);
  EXPECT_THAT(up(vlan()), IsError(ENOENT));
  EXPECT_THAT(runs(), ElementsAre("vlan add eth0 12", "link del eth0.12"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, vlan_that_cannot_be_made_leaves_nothing) {
  kernel.run_status = 1;
  EXPECT_THAT(up(vlan()), FailsWith("ip link add link eth0 name eth0.12 type vlan id 12 failed"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, vlan_of_the_host_is_refused) {
  interfaces.insert("eth0.12");
  EXPECT_THAT(up(vlan()), IsError(EEXIST));
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(Networks, vlan_of_another_jail_is_refused) {
  const auto first = up(vlan());
  ASSERT_THAT(first, IsOk());
  auto other = vlan();
  other.name = "db";
  other.address->ip = 0x0a090003;
  EXPECT_THAT(up(other), FailsWith("interface eth0.12: Device or resource busy (it belongs to jail "
                                   "web)"));
}

TEST_F(Networks, vlan_of_a_jail_that_outlived_its_keeper_is_refused) {
  static_cast<void>(up(vlan()));
  jail_lives();
  EXPECT_THAT(up(vlan()), IsError(EBUSY));
}

TEST_F(Networks, vlan_of_a_killed_process_is_made_anew) {
  static_cast<void>(up(vlan()));
  kernel.runs.clear();
  ASSERT_THAT(up(vlan()), IsOk());
  EXPECT_THAT(runs(), ElementsAre("link del eth0.12", "vlan add eth0 12",
                                  "address add eth0.12 10.9.0.2/24"));
}

TEST_F(Networks, veth_comes_and_goes) {
  auto network = up(veth());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(runs(), ElementsAre("bridge add jail0 10.9.0.1/24", "veth add j-web jail0 NS eth0",
                                  "namespace configure NS eth0 10.9.0.2/24 10.9.0.1"));
  EXPECT_THAT(
      network->steps(),
      ElementsAre("ip netns add web", "ip link add jail0 type bridge",
                  "ip address add 10.9.0.1/24 dev jail0",
                  "ip link add j-web master jail0 type veth peer name eth0 netns web",
                  "ip link set j-web up", "ip -n web link set lo up",
                  "ip -n web address add 10.9.0.2/24 dev eth0", "ip -n web link set eth0 up",
                  "ip -n web route add default via 10.9.0.1"));
  EXPECT_THAT(network->descriptors(), SizeIs(1)) << "the namespace goes with the jail";
  EXPECT_THAT(network->enter(kernel), IsOk());
  EXPECT_TRUE(kernel.called("enter_net_namespace"));
  kernel.runs.clear();
  EXPECT_THAT(*network->release(kernel, config),
              ElementsAre("ip link del j-web", "ip link del jail0"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, bridge_goes_with_its_last_port) {
  auto network = up(veth());
  ASSERT_THAT(network, IsOk());
  interfaces.insert("jail0");
  EXPECT_THAT(*network->release(kernel, config), ElementsAre("ip link del j-web"));
  interfaces.erase("jail0");
  EXPECT_THAT(*swept(), ElementsAre("ip link del jail0"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, second_jail_takes_the_address_that_the_bridge_has) {
  const auto first = up(veth());
  ASSERT_THAT(first, IsOk());
  interfaces.insert("jail0");
  kernel.addresses = {{"jail0", 0x0a090001}};
  kernel.runs.clear();
  auto other = veth();
  other.name = "db";
  other.address = Address{.ip = 0x0a090003,
                          .alias = Alias{.ip = 0x0a090003, .interface = "eth0", .prefix = 24}};
  ASSERT_THAT(up(other), IsOk());
  EXPECT_THAT(runs().front(), "bridge add jail0 10.9.0.1/24");
}

TEST_F(Networks, bridge_of_the_administrator_stays_as_it_is) {
  interfaces.insert("jail0");
  kernel.addresses = {{"eth0", 0x0a090007}, {"jail0", 0x0a0900fe}};
  auto network = up(veth());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(runs(), ElementsAre("veth add j-web jail0 NS eth0",
                                  "namespace configure NS eth0 10.9.0.2/24 10.9.0.254"));
  EXPECT_THAT(*network->release(kernel, config), ElementsAre("ip link del j-web"));
}

TEST_F(Networks, bridge_of_the_administrator_without_address_is_no_gateway) {
  interfaces.insert("jail0");
  ASSERT_THAT(up(veth()), IsOk());
  EXPECT_THAT(runs().back(), "namespace configure NS eth0 10.9.0.2/24");
}

TEST_F(Networks, veth_that_fails_leaves_nothing) {
  for (const char* call :
       {"make_net_namespace", "run bridge add", "run veth add", "run namespace configure"}) {
    kernel.fail(call, EPERM);
    EXPECT_THAT(up(veth()), IsError(EPERM)) << call;
    EXPECT_THAT(leases(), IsEmpty()) << call;
    kernel.fail(call, 0);
  }
  const int before = testing::open_descriptors();
  kernel.fail("run veth add", EPERM);
  static_cast<void>(up(veth()));
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST_F(Networks, translation_comes_and_goes) {
  auto network = up(nat());
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ(runs().back(), "nat add web 10.9.0.2 jail0 tcp 203.0.113.5:8080 80");
  EXPECT_THAT(network->steps(), ::testing::Contains("nft 'add table inet jail'"));
  EXPECT_EQ(testing::read_text(folder / "run/interfaces/j-web"), "jail web nat\n");
  kernel.runs.clear();
  EXPECT_THAT(network->release(kernel, config), IsOk());
  EXPECT_THAT(runs(), ElementsAre("nat del web", "link del j-web", "bridge del jail0"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, translation_that_fails_leaves_nothing) {
  kernel.fail("run add web", EPERM);
  EXPECT_THAT(up(nat()), IsError(EPERM));
  EXPECT_THAT(runs(), ::testing::Contains("nat del web"));
  EXPECT_THAT(runs(), ::testing::Contains("link del j-web"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, translation_needs_a_host_that_forwards) {
  folder.file("forwarding", "0\n");
  EXPECT_THAT(up(nat()), FailsWith("sysctl -w net.ipv4.ip_forward=1"));
  EXPECT_THAT(runs(), IsEmpty()) << "nothing was made";
  EXPECT_THAT(up(veth()), IsOk());
  config.forwarding = folder / "nowhere";
  EXPECT_THAT(up(nat()), IsError(ENOENT));
}

TEST_F(Networks, translation_of_a_jail_that_outlived_its_keeper_stays) {
  static_cast<void>(up(nat()));
  interfaces.insert("jail0");
  jail_lives();
  EXPECT_THAT(*swept(), IsEmpty());
  EXPECT_THAT(up(nat()), FailsWith("interface j-web: Device or resource busy (it belongs to jail "
                                   "web)"));
}

TEST_F(Networks, interfaces_move_in_and_come_back) {
  interfaces.insert("eth0");
  interfaces.insert("eth1");
  auto network = up(moved());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(runs(), ElementsAre("link move eth0 NS", "link move eth1 NS",
                                  "namespace configure NS eth0 10.9.0.2/24"));
  EXPECT_THAT(network->descriptors(), SizeIs(1)) << "they come back from the namespace";
  kernel.runs.clear();
  EXPECT_THAT(*network->release(kernel, config),
              ElementsAre("ip -n web link set eth0 netns 1", "ip -n web link set eth1 netns 1"));
  EXPECT_THAT(runs(), ElementsAre("link restore eth0 NS", "link restore eth1 NS"));
}

TEST_F(Networks, interfaces_stay_with_a_jail_that_lives) {
  interfaces.insert("eth0");
  interfaces.insert("eth1");
  auto network = up(moved());
  ASSERT_THAT(network, IsOk());
  jail_lives();
  EXPECT_THAT(*network->release(kernel, config), IsEmpty());
}

TEST_F(Networks, no_interface_moves_where_one_is_missing) {
  interfaces.insert("eth0");
  EXPECT_THAT(up(moved()), FailsWith("vnet.interface: eth1: No such device"));
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(Networks, interface_comes_back_when_the_next_cannot_move) {
  interfaces.insert("eth0");
  interfaces.insert("eth1");
  kernel.fail("run namespace configure", EPERM);
  EXPECT_THAT(up(moved()), IsError(EPERM));
  EXPECT_THAT(runs(), ElementsAre("link move eth0 NS", "link move eth1 NS", "link restore eth0 NS",
                                  "link restore eth1 NS"));
}

TEST_F(Networks, stack_without_interfaces_has_its_loopback) {
  ASSERT_THAT(up({.name = "web", .vnet = true}), IsOk());
  EXPECT_THAT(runs(), ElementsAre("namespace configure NS"));
}

TEST_F(Networks, sweep_takes_what_a_killed_process_left) {
  for (const auto& jail : {alias(), vlan(), veth(), nat()}) {
    {
      const auto network = up(jail);  // destroyed without release, as by SIGKILL
      ASSERT_THAT(network, IsOk());
      interfaces.insert("jail0");
      EXPECT_THAT(*swept(), IsEmpty()) << "still in use";
    }
    jail_lives();
    EXPECT_THAT(*swept(), IsEmpty()) << "the jail lives";
    SetUp();
    interfaces.clear();
    EXPECT_THAT(*swept(), ::testing::Not(IsEmpty()));
    EXPECT_THAT(leases(), IsEmpty());
  }
}

TEST_F(Networks, interface_that_the_administrator_made_anew_stays) {
  index = 7;
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ(testing::read_text(folder / "run/interfaces/eth0.12"), "jail web #7\n");
  interfaces = {"eth0.12"};
  index = 8;
  kernel.runs.clear();
  EXPECT_THAT(*network->release(kernel, config),
              ElementsAre("ip address del 10.9.0.2/24 dev eth0.12"));
  EXPECT_THAT(runs(), ElementsAre("address del eth0.12 10.9.0.2/24"));
  EXPECT_THAT(leases(), IsEmpty());

  folder.file("run/interfaces/j-web", "jail web nat #7\n");
  folder.file("run/interfaces/jail0", "bridge #7\n");
  interfaces = {"j-web", "jail0"};
  kernel.runs.clear();
  EXPECT_THAT(*swept(), IsEmpty());
  EXPECT_THAT(runs(), ElementsAre("nat del web"));
  EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(Networks, interface_of_ours_is_known_by_its_number) {
  index = 7;
  interfaces = {"j-web", "jail0"};
  folder.file("run/interfaces/j-web", "jail web #7\n");
  folder.file("run/interfaces/jail0", "bridge #7\n");
  EXPECT_THAT(*swept(), ElementsAre("ip link del j-web"));
  EXPECT_THAT(runs(), ElementsAre("link del j-web", "bridge del jail0"));
}

TEST_F(Networks, interface_made_anew_is_in_the_way) {
  index = 8;
  interfaces = {"eth0.12"};
  folder.file("run/interfaces/eth0.12", "jail web #7\n");
  EXPECT_THAT(up(vlan()), IsError(EEXIST));
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(Networks, sweep_without_state_does_nothing) {
  EXPECT_THAT(*swept(), IsEmpty());
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(Networks, sweep_removes_a_file_that_was_cut_short) {
  folder.file("run/interfaces/eth0.12", "jail w");
  EXPECT_THAT(*swept(), IsEmpty());
  EXPECT_THAT(leases(), IsEmpty());
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(Networks, release_spares_what_a_living_jail_has) {
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  jail_lives();
  EXPECT_THAT(*network->release(kernel, config), IsEmpty());
  EXPECT_THAT(leases(), SizeIs(2));
}

TEST_F(Networks, failed_removal_is_left_to_the_next_sweep) {
  auto network = up(veth());
  ASSERT_THAT(network, IsOk());
  kernel.run_status = 1;
  EXPECT_THAT(network->release(kernel, config), FailsWith("ip link del j-web failed"));
  kernel.run_status = 0;
  EXPECT_THAT(*swept(), ElementsAre("ip link del j-web", "ip link del jail0"));
}

TEST_F(Networks, contradictions_are_refused_before_anything_is_done) {
  auto both = vlan();
  both.vnet = true;
  EXPECT_THAT(up(both), FailsWith("exclude each other"));
  EXPECT_THAT(kernel.calls, IsEmpty());
}

}  // namespace
}  // namespace libjail::network
