// SPDX-License-Identifier: BSD-2-Clause
// VLANs, network namespaces and the translation of addresses of jails. dummy0 has none of
// 192.0.2.0/24 and no VLAN.
#include "network/network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "jail/linux_kernel.hpp"
#include "testing/matchers.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

using libjail::UniqueFd;
using libjail::conf::JailConfig;
using libjail::network::Network;
using libjail::network::NetworkConfig;
using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kNet = "/usr/libexec/jail/jail-net";
constexpr const char* kNat = "/usr/libexec/jail/jail-nat";
constexpr const char* kUp = "echo up; exec sleep 1000";

bool has_interface(const char* name) { return ::if_nametoindex(name) != 0; }

JailConfig with_address(const std::string& name, const std::string& address) {
  JailConfig config{.name = name};
  if (auto parsed = libjail::parse_address(address); parsed) config.address = *parsed;
  return config;
}

JailConfig vlan() {
  auto config = with_address("web", "dummy0.12|192.0.2.7/24");
  config.vlan = libjail::conf::Vlan{.interface = "dummy0", .id = 12};
  return config;
}

JailConfig vnet(const std::string& name, const std::string& address) {
  auto config = with_address(name, address);
  config.vnet = true;
  return config;
}

/// What a connection from here ends with, an errno: ECONNREFUSED comes from the other side.
int connect_to(const char* address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  ::inet_pton(AF_INET, address, &to.sin_addr);
  const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  const int error = result < 0 ? errno : 0;
  ::close(fd);
  return error;
}

class NetworkOnHost : public HostTest {
 protected:
  auto up(const JailConfig& jail) { return Network::up(kernel, config, jail); }
  auto sweep() { return libjail::network::sweep(kernel, config); }

  /// A jail with the network that was made for it.
  [[nodiscard]] std::unique_ptr<Process> start(const Network& network, const std::string& name,
                                               const std::string& address,
                                               const std::string& script) {
    return std::make_unique<Process>(jail(script, {"-n", name}, "default", address),
                                     [this, &network] {
                                       if (!network.enter(kernel)) ::_exit(97);
                                     });
  }
  static void stop(Process& process) {
    ::kill(process.pid(), SIGKILL);
    process.wait();
    EXPECT_TRUE(comes_true([] { return jails().empty(); }));
  }

  /// Lets a process of its own make the network and be killed.
  void up_and_killed(const JailConfig& jail) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto network = up(jail);
      if (!network) ::_exit(1);
      static_cast<void>(::raise(SIGKILL));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the network could not be made";
  }

  void TearDown() override {
    for (const char* name : {"dummy0.12", "dummy0.13", "jail0", "j-web", "j-db"}) {
      EXPECT_TRUE(comes_true([name] { return !has_interface(name); })) << name << " is left";
    }
    EXPECT_FALSE(host_has("192.0.2.7"));
    HostTest::TearDown();
  }

  libjail::LinuxKernel kernel;
  NetworkConfig config{.helper = kNet};
};

TEST_F(NetworkOnHost, vlan_is_there_while_the_jail_is) {
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  EXPECT_TRUE(has_interface("dummy0.12"));
  EXPECT_TRUE(host_has("192.0.2.7"));
  const auto process = start(*network, "web", "192.0.2.7", kUp);
  ASSERT_TRUE(process->prints("up"));
  EXPECT_THAT(*network->release(kernel, config), IsEmpty()) << "the jail lives";
  EXPECT_TRUE(has_interface("dummy0.12"));
  stop(*process);
  EXPECT_THAT(*sweep(), Contains("ip link del dummy0.12"));
  EXPECT_FALSE(has_interface("dummy0.12"));
}

TEST_F(NetworkOnHost, vlan_goes_with_its_release) {
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(network->release(kernel, config), IsOk());
  EXPECT_FALSE(has_interface("dummy0.12"));
}

TEST_F(NetworkOnHost, vlan_of_a_killed_process_is_swept) {
  up_and_killed(vlan());
  EXPECT_TRUE(has_interface("dummy0.12")) << "nobody is there to take it away";
  EXPECT_THAT(*sweep(), Contains("ip link del dummy0.12"));
}

TEST_F(NetworkOnHost, vlan_is_swept_when_the_jail_that_outlived_its_keeper_has_ended) {
  std::unique_ptr<Process> process;
  {
    const auto network = up(vlan());
    ASSERT_THAT(network, IsOk());
    process = start(*network, "web", "192.0.2.7", kUp);
    ASSERT_TRUE(process->prints("up"));
  }  // let go of without release, as by SIGKILL
  EXPECT_THAT(*sweep(), IsEmpty()) << "the jail lives";
  EXPECT_THAT(up(vlan()), IsError(EBUSY));
  stop(*process);
  EXPECT_THAT(*sweep(), Contains("ip link del dummy0.12"));
}

TEST_F(NetworkOnHost, vlan_on_an_interface_that_is_not_there) {
  auto jail = with_address("web", "nosuch0.12|192.0.2.7/24");
  jail.vlan = libjail::conf::Vlan{.interface = "nosuch0", .id = 12};
  EXPECT_THAT(up(jail), FailsWith("type vlan id 12 failed"));
  EXPECT_THAT(run({kNet, "vlan", "add", "nosuch0", "12"}).err,
              HasSubstr("no such interface: nosuch0"));
}

TEST_F(NetworkOnHost, vlan_with_an_address_that_is_in_use_leaves_nothing) {
  auto jail = vlan();
  jail.address->ip = jail.address->alias->ip = 0x0a020304;  // dummy0 has it
  EXPECT_THAT(up(jail), FailsWith("address 10.2.3.4 is on dummy0, not on dummy0.12"));
  EXPECT_FALSE(has_interface("dummy0.12"));
}

TEST_F(NetworkOnHost, vlan_of_the_administrator_stays) {
  ASSERT_EQ(run({kNet, "vlan", "add", "dummy0", "12"}).status, 0);
  EXPECT_THAT(up(vlan()), IsError(EEXIST));
  EXPECT_TRUE(has_interface("dummy0.12"));
  EXPECT_EQ(run({kNet, "link", "del", "dummy0.12"}).status, 0);
}

TEST_F(NetworkOnHost, vlan_belongs_to_one_jail) {
  auto network = up(vlan());
  ASSERT_THAT(network, IsOk());
  auto other = vlan();
  other.name = "db";
  EXPECT_THAT(up(other), FailsWith("it belongs to jail web"));
  EXPECT_THAT(network->release(kernel, config), IsOk());
}

TEST_F(NetworkOnHost, kernel_says_why_not) {
  EXPECT_THAT(run({kNet, "address", "add", "dummy0", "10.2.3.4/24"}).err,
              HasSubstr("ip address add 10.2.3.4/24 dev dummy0: File exists"));
}

TEST_F(NetworkOnHost, interface_moves_in_and_comes_back) {
  ASSERT_EQ(run({kNet, "vlan", "add", "dummy0", "13"}).status, 0);
  auto jail = vnet("web", "dummy0.13|192.0.2.7/24");
  jail.vnet_interfaces = {"dummy0.13"};
  auto network = up(jail);
  ASSERT_THAT(network, IsOk());
  EXPECT_FALSE(has_interface("dummy0.13"));
  EXPECT_FALSE(host_has("192.0.2.7"));
  EXPECT_EQ(run(HostTest::jail("true", {}, "default", "192.0.2.7")).status, 125)
      << "the address is not on the host";
  const auto process = start(*network, "web", "192.0.2.7", kUp);
  EXPECT_TRUE(process->prints("up")) << "but in the jail's network";
  EXPECT_THAT(*network->release(kernel, config), IsEmpty()) << "the jail lives";
  stop(*process);
  EXPECT_THAT(*network->release(kernel, config), Contains("ip -n web link set dummy0.13 netns 1"));
  EXPECT_TRUE(has_interface("dummy0.13"));
  EXPECT_EQ(run({kNet, "link", "del", "dummy0.13"}).status, 0);
}

TEST_F(NetworkOnHost, interface_that_is_missing_moves_none) {
  ASSERT_EQ(run({kNet, "vlan", "add", "dummy0", "13"}).status, 0);
  auto jail = vnet("web", "none");
  jail.vnet_interfaces = {"dummy0.13", "nosuch0"};
  EXPECT_THAT(up(jail), FailsWith("vnet.interface: nosuch0: No such device"));
  EXPECT_TRUE(has_interface("dummy0.13"));
  EXPECT_EQ(run({kNet, "link", "del", "dummy0.13"}).status, 0);
}

TEST_F(NetworkOnHost, veth_connects_the_jail_and_the_host) {
  auto network = up(vnet("web", "eth0|192.0.2.7/24"));
  ASSERT_THAT(network, IsOk());
  EXPECT_TRUE(has_interface("j-web"));
  EXPECT_TRUE(host_has("192.0.2.1"));
  EXPECT_FALSE(host_has("192.0.2.7"));
  const auto process =
      start(*network, "web", "192.0.2.7", "/busybox nc 192.0.2.1 9; " + std::string(kUp));
  ASSERT_TRUE(process->prints("up"));
  EXPECT_EQ(connect_to("192.0.2.7"), ECONNREFUSED) << "it arrives";
  EXPECT_NE(connect_to("192.0.2.8"), ECONNREFUSED) << "nobody is there";
  stop(*process);
  EXPECT_THAT(process->finish().err, HasSubstr("Connection refused"));
  EXPECT_THAT(network->release(kernel, config), IsOk());
  EXPECT_FALSE(has_interface("jail0"));
}

TEST_F(NetworkOnHost, bridge_goes_with_the_last_jail) {
  auto web = up(vnet("web", "eth0|192.0.2.7/24"));
  ASSERT_THAT(web, IsOk());
  auto db = up(vnet("db", "eth0|198.51.100.2/24"));
  ASSERT_THAT(db, IsOk());
  EXPECT_TRUE(host_has("192.0.2.1"));
  EXPECT_TRUE(host_has("198.51.100.1")) << "the bridge has an address in each network";
  EXPECT_THAT(web->release(kernel, config), IsOk());
  EXPECT_TRUE(has_interface("jail0"));
  EXPECT_THAT(db->release(kernel, config), IsOk());
  EXPECT_FALSE(has_interface("jail0"));
}

TEST_F(NetworkOnHost, veth_of_a_killed_process_is_swept) {
  up_and_killed(vnet("web", "eth0|192.0.2.7/24"));
  EXPECT_TRUE(has_interface("jail0")) << "nobody is there to take it away";
  EXPECT_THAT(sweep(), IsOk());
  EXPECT_FALSE(has_interface("jail0"));
}

/// A host beyond the one that the jails are on, which knows no way to their network.
class NatOnHost : public NetworkOnHost {
 protected:
  void SetUp() override {
    NetworkOnHost::SetUp();
    host_.reset(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    auto made = kernel.make_net_namespace();
    ASSERT_TRUE(made);
    outside_ = *std::move(made);
    const auto path =
        "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(outside_.get());
    ASSERT_EQ(run({kNet, "bridge", "add", "out0", "198.51.100.1/24"}).status, 0);
    ASSERT_EQ(run({kNet, "veth", "add", "o-out", "out0", path, "eth0"}).status, 0);
    ASSERT_EQ(run({kNet, "namespace", "configure", path, "eth0", "198.51.100.2/24"}).status, 0);
    forward("1");
  }
  void TearDown() override {
    forward("0");
    EXPECT_EQ(run({kNet, "link", "del", "o-out"}).status, 0);
    EXPECT_EQ(run({kNet, "link", "del", "out0"}).status, 0);
    EXPECT_EQ(table(), "") << "the table of the jails is left";
    NetworkOnHost::TearDown();
  }

  static JailConfig nat(const std::string& name, const std::string& address) {
    auto config = vnet(name, "eth0|" + address + "/24");
    config.nat = true;
    return config;
  }
  static JailConfig server() {
    auto config = nat("web", "192.0.2.7");
    config.redirects = {{.protocol = "tcp", .address = 0xc6336401, .port = 8080, .jail_port = 80}};
    return config;
  }
  static void forward(const char* value) {
    const UniqueFd file(::open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(::write(file.get(), value, 1), 1);
  }
  /// What would be removed for the jail: empty where there is nothing.
  static std::string table() { return run({kNat, "-n", "del", "web"}).out; }

  /// A socket of the outside.
  [[nodiscard]] UniqueFd outside_socket(int type) const {
    EXPECT_EQ(::setns(outside_.get(), CLONE_NEWNET), 0);
    UniqueFd made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::setns(host_.get(), CLONE_NEWNET), 0);
    const timeval patience{.tv_sec = kDone / 1000, .tv_usec = 0};
    ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return made;
  }
  static sockaddr_in at(const char* address, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &to.sin_addr);
    return to;
  }
  /// What a server at 198.51.100.1:8080 says, "" where there is none.
  static std::string heard(const UniqueFd& socket) {
    const auto to = at("198.51.100.1", 8080);
    std::array<char, 16> buffer{};
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) return {};
    const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  /// A jail asks a server of the outside, which answers. @return who the outside saw
  std::string seen_from_outside(const Network& network, int& answer) {
    constexpr std::string_view kPong("\0\5\0\0pong\0", 9);  // an error of TFTP, RFC 1350
    const auto server = outside_socket(SOCK_DGRAM);
    const auto own = at("198.51.100.2", 69);
    EXPECT_EQ(::bind(server.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
    const auto process =
        start(network, "web", "192.0.2.7", "exec /busybox tftp -g -r ping -l /pong 198.51.100.2");
    std::array<char, 64> buffer{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    EXPECT_GT(::recvfrom(server.get(), buffer.data(), buffer.size(), 0,
                         reinterpret_cast<sockaddr*>(&from), &size),
              0);
    const ssize_t sent = ::sendto(server.get(), kPong.data(), kPong.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), size);
    answer = sent < 0 ? errno : 0;
    if (answer != 0) ::kill(process->pid(), SIGKILL);  // it would ask again and again
    EXPECT_EQ(process->finish().err.find("pong") != std::string::npos, answer == 0);
    EXPECT_TRUE(comes_true([] { return jails().empty(); }));
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &from.sin_addr, text.data(), text.size());
    return text.data();
  }

 private:
  UniqueFd host_;
  UniqueFd outside_;
};

TEST_F(NatOnHost, jail_without_translation_gets_no_answer) {
  auto network = up(vnet("web", "eth0|192.0.2.7/24"));
  ASSERT_THAT(network, IsOk());
  int answer = 0;
  EXPECT_EQ(seen_from_outside(*network, answer), "192.0.2.7");
  EXPECT_EQ(answer, ENETUNREACH);
  EXPECT_THAT(network->release(kernel, config), IsOk());
}

TEST_F(NatOnHost, jail_with_translation_has_the_address_of_the_host) {
  auto network = up(nat("web", "192.0.2.7"));
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ(table(), "delete table inet jail\n");
  int answer = 0;
  EXPECT_EQ(seen_from_outside(*network, answer), "198.51.100.1");
  EXPECT_EQ(answer, 0);
  EXPECT_THAT(network->release(kernel, config), IsOk());
}

TEST_F(NatOnHost, port_of_the_host_leads_to_the_jail) {
  const std::string serve = "echo up; exec /busybox nc -ll -p 80 -e /busybox echo hello";
  auto without = up(nat("web", "192.0.2.7"));
  ASSERT_THAT(without, IsOk());
  {
    const auto process = start(*without, "web", "192.0.2.7", serve);
    ASSERT_TRUE(process->prints("up"));
    EXPECT_EQ(heard(outside_socket(SOCK_STREAM)), "") << "the host has no server";
    EXPECT_EQ(errno, ECONNREFUSED);
    stop(*process);
  }
  EXPECT_THAT(without->release(kernel, config), IsOk());

  auto network = up(server());
  ASSERT_THAT(network, IsOk());
  auto client = up(nat("db", "192.0.2.8"));
  ASSERT_THAT(client, IsOk());
  const auto process = start(*network, "web", "192.0.2.7", serve);
  EXPECT_TRUE(comes_true([this] { return heard(outside_socket(SOCK_STREAM)) == "hello\n"; }))
      << "from outside";
  EXPECT_TRUE(comes_true([] {
    return heard(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) == "hello\n";
  })) << "from the host";
  const auto other =
      start(*client, "db", "192.0.2.8",
            "until /busybox nc -w 5 198.51.100.1 8080; do :; done; " + std::string(kUp));
  EXPECT_TRUE(other->prints("up"));
  ::kill(other->pid(), SIGKILL);
  EXPECT_THAT(other->finish().out, HasSubstr("hello\n")) << "from another jail of the bridge";
  stop(*process);
  EXPECT_THAT(network->release(kernel, config), IsOk());
  EXPECT_EQ(table(), "") << "what is left belongs to the other";
  EXPECT_EQ(run({kNat, "-n", "del", "db"}).out, "delete table inet jail\n");
  EXPECT_THAT(client->release(kernel, config), IsOk());
}

TEST_F(NatOnHost, port_belongs_to_one_jail) {
  auto network = up(server());
  ASSERT_THAT(network, IsOk());
  auto other = server();
  other.name = "db";
  other.address->ip = other.address->alias->ip = 0xc0000208;
  EXPECT_THAT(up(other), FailsWith("translate the address of jail db failed"));
  EXPECT_FALSE(has_interface("j-db"));
  EXPECT_EQ(table(), "delete table inet jail\n") << "nothing of the other is in it";
  EXPECT_THAT(run({kNat, "add", "db", "192.0.2.8", "jail0", "tcp 198.51.100.1:8080 80"}).err,
              HasSubstr("another jail has the address or the port"));
  EXPECT_THAT(network->release(kernel, config), IsOk());
}

TEST_F(NatOnHost, translation_of_a_killed_process_is_swept) {
  up_and_killed(server());
  EXPECT_EQ(table(), "delete table inet jail\n") << "nobody is there to take it away";
  EXPECT_THAT(sweep(), IsOk());
  EXPECT_EQ(table(), "");
  EXPECT_FALSE(has_interface("jail0"));
}

TEST_F(NatOnHost, translation_of_a_killed_keeper_is_swept) {
  const std::string jail = "path=" + root.path();
  ASSERT_EQ(run({kJail, "-c", "name=web", jail, "vnet", "vnet.nat", "persist",
                 "ip4.addr=eth0|192.0.2.7/24"})
                .status,
            0);
  EXPECT_EQ(table(), "delete table inet jail\n");
  EXPECT_EQ(run({"/bin/busybox", "killall", "-9", "jail-keeper"}).status, 0);
  ASSERT_TRUE(comes_true([] { return jails().empty(); })) << "the keeper held it";
  EXPECT_EQ(run({kJail, "-r", "web"}).out, "web: removed\n") << "with what it left";
  EXPECT_EQ(table(), "");
}

TEST_F(NatOnHost, host_that_does_not_forward_is_left_so) {
  forward("0");
  EXPECT_THAT(up(server()), FailsWith("sysctl -w net.ipv4.ip_forward=1"));
  EXPECT_FALSE(has_interface("jail0"));
}

}  // namespace
}  // namespace guest
