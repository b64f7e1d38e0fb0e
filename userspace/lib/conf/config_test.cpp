// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "jail/conf/syntax.hpp"
#include "lib/conf/quantities.hpp"
#include "testing/matchers.hpp"

namespace libjail::conf {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HasValue;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Of the jail "web" with these parameters besides its path.
Checked<JailConfig> checked(const std::string& text) {
  const auto document = parse("web {\n path = /srv/web;\n" + text + "\n}", "f");
  if (!document) return std::unexpected(std::vector{document.error()});
  const auto jails = resolve(*document);
  if (!jails) return std::unexpected(jails.error());
  return make_config(jails->at(0));
}

JailConfig config(const std::string& text) {
  auto result = checked(text);
  if (!result) ADD_FAILURE() << text << ": " << result.error().at(0).text();
  return result ? std::move(*result) : JailConfig{};
}

std::vector<std::string> mistakes(const std::string& text) {
  std::vector<std::string> lines;
  const auto result = checked(text);
  if (!result) {
    for (const auto& error : result.error()) lines.push_back(error.text());
  }
  return lines;
}

/// The one mistake, or notice of a kind, that there is.
std::string mistake(const std::string& text) {
  const auto lines = mistakes(text);
  return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " mistakes";
}

std::string notice(Notice::Kind kind, const std::string& text) {
  const auto all = config(text).notices;
  if (all.size() != 1) return std::to_string(all.size()) + " notices";
  return all[0].kind == kind ? all[0].error.text() : "another kind: " + all[0].error.text();
}

std::string no_effect(const std::string& text) { return notice(Notice::Kind::kNoEffect, text); }

std::string unavailable(const std::string& text) {
  EXPECT_FALSE(config(text).spec()) << text;
  return notice(Notice::Kind::kUnavailable, text);
}

TEST(Config, defaults) {
  const auto jail = config("");
  EXPECT_EQ(jail.name, "web");
  EXPECT_EQ(jail.path, "/srv/web");
  EXPECT_EQ(jail.hostname, "web");
  EXPECT_EQ(jail.ceiling, kDefaultCeiling);
  EXPECT_FALSE(jail.unsafe);
  EXPECT_FALSE(jail.address);
  EXPECT_TRUE(jail.system_mounts);
  EXPECT_FALSE(jail.persist);
  EXPECT_EQ(jail.commands, Commands{});
  EXPECT_EQ(jail.limits, Limits{});
  EXPECT_EQ(jail.stop_timeout, 10);
  EXPECT_THAT(jail.notices, IsEmpty());
}

TEST(Config, spec) {
  const auto spec = config(
                        "host.hostname = www.example.org; ip4.addr = 'eth0|10.2.3.4/24';"
                        "cap.ceiling = chown; mount.nodevfs;")
                        .spec();
  ASSERT_THAT(spec, IsOk());
  EXPECT_EQ(spec->name(), "web");
  EXPECT_EQ(spec->path(), "/srv/web");
  EXPECT_EQ(spec->hostname(), "www.example.org");
  EXPECT_EQ(spec->ceiling(), 1U);
  EXPECT_EQ(spec->address()->alias->prefix, 24);
  EXPECT_FALSE(spec->mounts());
  EXPECT_FALSE(spec->unsafe());
}

TEST(Config, path) {
  EXPECT_EQ(mistake("path = srv;"), "f:3:8: path srv: not an absolute pathname");
  EXPECT_EQ(mistake("path = '';"),
            "f:1:1: jail \"web\" has no path (give the root directory: path = \"/srv/web\";)");
  EXPECT_THAT(mistakes("path;"),
              ElementsAre(StartsWith("f:3:1: path needs a value"), HasSubstr("has no path")));
}

TEST(Config, every_mistake_is_reported) {
  EXPECT_THAT(mistakes("persist = maybe;\nstop.timeout = soon;\nallow.mount;"),
              ElementsAre(StartsWith("f:3:11: persist: unknown boolean value \"maybe\""),
                          StartsWith("f:4:16: stop.timeout: \"soon\" is no number"),
                          StartsWith("f:5:1: allow.mount is refused: a jail cannot mount")));
}

TEST(Config, booleans) {
  for (const char* text : {"persist;", "persist = true;", "persist = TRUE;", "persist = 1;",
                           "persist true;", "nopersist; persist;"}) {
    EXPECT_TRUE(config(text).persist) << text;
  }
  for (const char* text : {"nopersist;", "persist = false;", "persist = 0;", "persist; nopersist;",
                           "persist; persist = False;"}) {
    EXPECT_FALSE(config(text).persist) << text;
  }
  for (const char* text : {"persist = yes;", "persist = '';", "persist = 2;", "persist = nope;"}) {
    EXPECT_THAT(mistake(text), HasSubstr("give true or false")) << text;
  }
  EXPECT_THAT(mistake("nopersist = true;"), HasSubstr("nopersist takes no value"));
}

TEST(Config, integers) {
  EXPECT_EQ(config("stop.timeout = 0;").stop_timeout, 0);
  EXPECT_EQ(config("exec.timeout = 30;").commands.timeout, 30);
  for (const char* text :
       {"-1", "1.5", "0x10", "''", "2147483648", "99999999999999999999", "1 s"}) {
    EXPECT_THAT(mistake("stop.timeout = '" + std::string(text) + "';"), HasSubstr("no number"));
  }
}

TEST(Config, ceiling) {
  constexpr std::uint64_t kNetRaw = 1U << 13;
  EXPECT_EQ(config("cap.ceiling = none;").ceiling, 0U);
  EXPECT_EQ(config("cap.ceiling = +net_raw, -chown;").ceiling, (kDefaultCeiling | kNetRaw) & ~1U);
  EXPECT_EQ(config("cap.ceiling = '+net_raw'; cap.ceiling += -chown;").ceiling,
            (kDefaultCeiling | kNetRaw) & ~1U);
  EXPECT_THAT(mistake("cap.ceiling = fly;"), StartsWith("f:3:15: cap.ceiling: capmask \"fly\""));
  EXPECT_THAT(mistake("cap.ceiling = +mknod;"),
              StartsWith("f:3:15: cap.ceiling has mknod, which breaks the jail's wall"));
  EXPECT_TRUE(config("cap.ceiling = +mknod; allow.unsafe;").unsafe);
  EXPECT_THAT(mistake("cap.ceiling = +mknod; allow.nounsafe;"), HasSubstr("breaks"));
}

TEST(Config, capabilities_by_name) {
  constexpr std::uint64_t kIpcLock = 1U << 14;
  constexpr std::uint64_t kBindService = 1U << 10;
  EXPECT_EQ(config("allow.mlock;").ceiling, kDefaultCeiling | kIpcLock);
  EXPECT_EQ(config("allow.noreserved_ports;").ceiling, kDefaultCeiling & ~kBindService);
  EXPECT_EQ(config("allow.reserved_ports; cap.ceiling = none;").ceiling, kBindService);
}

TEST(Config, what_breaks_the_wall_needs_leave) {
  std::size_t seen = 0;
  for (const auto& parameter : parameters()) {
    if (parameter.support != Parameter::Support::kUnsafe) continue;
    const std::string name(parameter.name);
    EXPECT_THAT(mistake(name + ";"), StartsWith("f:3:1: " + name + " breaks the jail's wall: " +
                                                std::string(parameter.reason) + " (leave it out"));
    EXPECT_EQ(config(name + " = false;").ceiling, kDefaultCeiling);
    const auto jail = config(name + "; allow.unsafe;");
    EXPECT_EQ(jail.ceiling, kDefaultCeiling | parameter.capability);
    EXPECT_THAT(jail.spec(), IsOk());
    EXPECT_NE(parameter.capability & unsafe_capabilities(), 0U) << name;
    ++seen;
  }
  EXPECT_GT(seen, 0U);
}

/// A statement that asks for the parameter.
std::string wish(const Parameter& parameter) {
  using enum Parameter::Type;
  const std::string name(parameter.name);
  if (parameter.type == kBool || parameter.type == kSystem) return name + ";";
  return name + (parameter.type == kInteger ? " = 1;" : " = /x;");
}

TEST(Config, what_no_jail_can_have_is_said) {
  using enum Parameter::Support;
  for (const auto& parameter : parameters()) {
    const std::string said = "f:3:1: " + std::string(parameter.name) +
                             (parameter.support == kImpossible ? " is refused: "
                              : parameter.support == kNotYet   ? " is not available yet: "
                                                               : " has no effect on Linux: ") +
                             std::string(parameter.reason);
    if (parameter.support == kImpossible) {
      EXPECT_EQ(mistake(wish(parameter)), said);
      EXPECT_THAT(mistake(wish(parameter) + "allow.unsafe;"), HasSubstr("is refused"));
    } else if (parameter.support == kNotYet) {
      EXPECT_EQ(unavailable(wish(parameter)), said);
    } else if (parameter.support == kNoEffect) {
      EXPECT_EQ(no_effect(wish(parameter)), said);
      EXPECT_THAT(config(wish(parameter)).spec(), IsOk());
    }
    const bool asks_nothing = parameter.support == kImpossible || parameter.support == kNotYet;
    if (asks_nothing && parameter.type == Parameter::Type::kBool) {
      EXPECT_THAT(config(std::string(parameter.name) + " = 0;").notices, IsEmpty());
    }
  }
}

TEST(Config, what_every_jail_has) {
  EXPECT_THAT(config("allow.suser; allow.unprivileged_proc_debug;").notices, IsEmpty());
  EXPECT_THAT(mistake("allow.nosuser;"), HasSubstr("cap.ceiling = none"));
  EXPECT_THAT(mistake("allow.unprivileged_proc_debug = 0;"), HasSubstr("is refused"));
}

TEST(Config, host) {
  EXPECT_EQ(config("host = inherit;").hostname, "");
  EXPECT_EQ(config("host = new;").hostname, "web");
  EXPECT_THAT(mistake("host = inherit; host.hostname = www;"), HasSubstr("exclude each other"));
  EXPECT_THAT(mistake("nohost;"), HasSubstr("a jail has a host name"));
  EXPECT_THAT(mistake("host.hostname = " + std::string(65, 'h') + ";"), HasSubstr("host name"));
}

TEST(Config, addresses) {
  const Address plain{.ip = 0x0a020304, .alias = {}};
  const Address on{.ip = 0x0a020304,
                   .alias = Alias{.ip = 0x0a020304, .interface = "eth0", .prefix = 24}};
  EXPECT_EQ(config("ip4.addr = 10.2.3.4;").address, plain);
  EXPECT_EQ(config("ip4.addr = none;").address, std::nullopt);
  EXPECT_EQ(config("ip4.addr = '';").address, std::nullopt);
  EXPECT_EQ(config("ip4 = disable;").address, std::nullopt);
  EXPECT_EQ(config("ip4 = new; ip4.addr = 10.2.3.4;").address, plain);
  EXPECT_EQ(config("ip4.addr = eth0|10.2.3.4/24;").address, on);
  EXPECT_EQ(config("interface = eth0; ip4.addr = 10.2.3.4/24;").address, on);
  EXPECT_EQ(config("interface = eth1; ip4.addr = eth0|10.2.3.4/24;").address, on);
  EXPECT_EQ(config("interface = eth0; ip4.addr = 10.2.3.4/255.255.255.0;").address, on);
  EXPECT_THAT(mistake("ip4.addr = 10.2.3;"), StartsWith("f:3:12: ip4.addr: address \"10.2.3\""));
  EXPECT_THAT(mistake("ip4.addr = 10.2.3.4/24;"), HasSubstr("no interface"));
  EXPECT_THAT(mistake("interface = eth0; ip4.addr = 10.2.3.4/255.0.255.0;"), HasSubstr("holes"));
  EXPECT_THAT(mistake("ip4.addr = 'eth0|10.2.3.4/24 vhid 1';"), HasSubstr("ifconfig"));
  EXPECT_THAT(mistake("ip4 = disable; ip4.addr = 10.2.3.4;"), HasSubstr("exclude each other"));
  EXPECT_THAT(mistake("ip4 = inherit;"), HasSubstr("ip4 = inherit is refused"));
  EXPECT_THAT(mistake("ip4 = old;"), HasSubstr("unknown value \"old\""));
}

TEST(Config, several_addresses_are_understood_and_not_available) {
  for (const char* text : {"ip4.addr = 10.2.3.4, 10.2.3.5;", "ip4.addr = '10.2.3.4,10.2.3.5';",
                           "ip4.addr = 10.2.3.4; ip4.addr += eth0|10.2.3.5/24;"}) {
    EXPECT_THAT(unavailable(text), HasSubstr("ip4.addr is not available yet: several addresses"));
    EXPECT_THAT(config(text).spec(), FailsWith("not available yet"));
  }
  EXPECT_THAT(mistake("ip4.addr = 10.2.3.4, bad;"), HasSubstr("f:3:22: ip4.addr"));
  EXPECT_THAT(mistake("ip4.addr = 10.2.3.4, 10.2.3.4;"), HasSubstr("stands there twice"));
}

TEST(Config, ip6_is_understood_and_not_available) {
  for (const char* text : {"ip6.addr = 2001:db8::1;", "ip6.addr = 'eth0|2001:db8::1/64', ::2;",
                           "ip6 = inherit;", "ip6 = new;", "ip6;"}) {
    EXPECT_THAT(unavailable(text), HasSubstr(" is not available yet: IPv6")) << text;
  }
  EXPECT_THAT(config("ip6 = disable; ip6.addr = '';").notices, IsEmpty());
  for (const char* text : {"10.2.3.4", "2001:db8::g", "::1/129", "::1/", "eth0|"}) {
    EXPECT_THAT(mistakes("ip6.addr = '" + std::string(text) + "';"),
                ElementsAre(HasSubstr("is no IPv6 address")));
  }
}

TEST(Config, networks) {
  EXPECT_TRUE(config("vnet;").vnet);
  EXPECT_FALSE(config("vnet = inherit;").vnet);
  EXPECT_FALSE(config("novnet;").vnet);
  EXPECT_THAT(config("vnet; vnet.interface = e0a, e1a;").vnet_interfaces,
              ElementsAre("e0a", "e1a"));
  EXPECT_FALSE(config("").pid);
  EXPECT_TRUE(config("pid;").pid);
  EXPECT_TRUE(config("pid = new;").spec()->pid());
  EXPECT_FALSE(config("pid = inherit;").pid);
  EXPECT_THAT(mistake("pid = 7;"), HasSubstr("pid: unknown value \"7\" (give new, inherit"));
  EXPECT_EQ(config("idmap = '100000:0:1000', 'u:7:2000:1';").spec()->idmap().size(), 2U);
  EXPECT_THAT(mistake("idmap = '1:0:5 5:9:1';"),
              HasSubstr("f:3:9: idmap: range of IDs \"5:9:1\" overlaps"));
  EXPECT_THAT(mistake("vnet.interface = e0a;"), HasSubstr("f:3:1: vnet.interface needs"));
  EXPECT_EQ(config("vlan = eth0.12;").vlan, (Vlan{.interface = "eth0", .id = 12}));
  for (const char* text :
       {"eth0", "eth0.", ".12", "eth0.0", "eth0.4095", "eth0.x", "e/0.12", "interface0123.12"}) {
    EXPECT_THAT(mistake("vlan = '" + std::string(text) + "';"), HasSubstr("is no VLAN")) << text;
  }
}

TEST(Config, translation_of_addresses) {
  EXPECT_FALSE(config("vnet; ip4.addr = 'eth0|10.9.0.2/24';").nat);
  const std::string jail = "vnet; ip4.addr = 'eth0|10.9.0.2/24'; vnet.nat; ";
  EXPECT_TRUE(config(jail).nat);
  EXPECT_THAT(
      config(jail + "vnet.rdr = 'tcp 203.0.113.5:8080 80', 'udp 203.0.113.5:53 5353';").redirects,
      ElementsAre(
          Redirect{.protocol = "tcp", .address = 0xcb007105, .port = 8080, .jail_port = 80},
          Redirect{.protocol = "udp", .address = 0xcb007105, .port = 53, .jail_port = 5353}));
  for (const char* text : {"vnet.nat;", "vnet; vnet.nat;", "ip4.addr = 'eth0|10.9.0.2'; vnet.nat;",
                           "vnet; vnet.interface = e0a; ip4.addr = 'e0a|10.9.0.2'; vnet.nat;"}) {
    EXPECT_THAT(mistake(text), HasSubstr("give vnet and ip4.addr, and no vnet.interface")) << text;
  }
  EXPECT_THAT(mistake("vnet.rdr = 'tcp 203.0.113.5:8080 80';"), HasSubstr("give vnet.nat"));
  EXPECT_THAT(mistake(jail + "vnet.rdr = 'tcp 203.0.113.5:80 80', 'tcp 203.0.113.5:80 81';"),
              HasSubstr("leads elsewhere already"));
  EXPECT_THAT(mistake(jail + "vnet.rdr = 'tcp 0.0.0.0:80 80';"), HasSubstr("of a single host"));
  EXPECT_THAT(mistake(jail + "vnet.rdr = 'tcp 127.0.0.1:80 80';"), HasSubstr("to itself"));
  EXPECT_THAT(mistake(jail + "vnet.rdr = 'tcp 203.0.113:1 2';"), HasSubstr("no IPv4 address"));
  for (const char* text :
       {"tcp", "tcp 8080 80", "sctp 203.0.113.5:1 2", "tcp none:1 2", "tcp e|203.0.113.5:1 2",
        "tcp 203.0.113.5:0 2", "tcp 203.0.113.5:1 65536", "tcp  203.0.113.5:1 2",
        "tcp 203.0.113.5:1 2 3"}) {
    EXPECT_THAT(mistake(jail + "vnet.rdr = '" + text + "';"), HasSubstr("redirects no port"))
        << text;
  }
}

TEST(Config, system_mounts) {
  EXPECT_TRUE(config("mount.devfs;").system_mounts);
  EXPECT_TRUE(config("mount.devfs; mount.procfs; mount.fdescfs;").system_mounts);
  EXPECT_FALSE(config("mount.nodevfs;").system_mounts);
  EXPECT_FALSE(config("mount.nodevfs; mount.noprocfs; mount.nofdescfs;").system_mounts);
  EXPECT_THAT(unavailable("mount.devfs; mount.noprocfs;"), HasSubstr("together"));
  EXPECT_THAT(unavailable("mount.nodevfs; mount.fdescfs;"), HasSubstr("a part of /dev"));
  EXPECT_THAT(no_effect("mount.nofdescfs;"), HasSubstr("a part of /dev"));
  EXPECT_THAT(config("devfs_ruleset = 4;").notices, IsEmpty());
  EXPECT_THAT(no_effect("devfs_ruleset = 5;"), HasSubstr("ruleset 4"));
}

TEST(Config, mounts) {
  const auto jail = config(
      "mount = \"/home /srv/web/home nullfs ro,nosuid 0 0\";"
      "mount += 'tmpfs $name/x tmpfs', '# nothing', '';"
      "mount = '/a\\\\040b /srv//web/c\\\\040d nullfs rw';");
  EXPECT_EQ(
      jail.mounts,
      (std::vector{Mount{
          .source = "/a b", .target = "/srv//web/c d", .type = "nullfs", .options = {"rw"}}}));
  EXPECT_THAT(config("mount.fstab = /etc/fstab.web;").fstabs, ElementsAre("/etc/fstab.web"));
  EXPECT_THAT(mistake("mount.fstab = fstab;"), HasSubstr("not an absolute pathname"));
  EXPECT_THAT(mistake("mount = '/home home nullfs';"), HasSubstr("no absolute path"));
}

TEST(MountLine, fields) {
  EXPECT_THAT(
      parse_mount_line(" tmpfs\t/j/tmp  tmpfs # comment", "/j"),
      HasValue(Mount{.source = "tmpfs", .target = "/j/tmp", .type = "tmpfs", .options = {}}));
  EXPECT_THAT(
      parse_mount_line("tmpfs / tmpfs size=1m,nodev 0 2", "/"),
      HasValue(Mount{
          .source = "tmpfs", .target = "/", .type = "tmpfs", .options = {"size=1m", "nodev"}}));
  for (const char* line : {"", "   ", "# all", "\t#"}) {
    EXPECT_THAT(parse_mount_line(line, "/j"), HasValue(std::optional<Mount>())) << line;
  }
  for (const char* line : {"a", "a /j", "a /j t o 0 0 0", "a /j t o x", "a /j t o 0 -1"}) {
    EXPECT_FALSE(parse_mount_line(line, "/j")) << line;
  }
}

TEST(MountLine, target_is_in_the_jail) {
  EXPECT_THAT(parse_mount_line("a /j t", "/j/"), IsOk());
  EXPECT_THAT(parse_mount_line("a //j//x/ t", "/j"), IsOk());
  for (const char* line : {"a /jx t", "a / t", "a /k/j t"}) {
    EXPECT_THAT(parse_mount_line(line, "/j"), FailsWith("not below the jail's path /j")) << line;
  }
  for (const char* line : {"a j/x t", "a /j/../x t", "a /j/. t", "a /j/\\056\\056/x t"}) {
    EXPECT_THAT(parse_mount_line(line, "/j"), FailsWith("no absolute path")) << line;
  }
}

TEST(Config, commands) {
  const auto jail = config(
      "exec.prepare = a; exec.prestart = b, c; exec.created = d; exec.start = '/bin/sh /etc/rc';"
      "command = e; exec.poststart = f; exec.prestop = g; exec.stop = ''; exec.poststop = h;"
      "exec.release = i; exec.clean; exec.system_user = root; exec.jail_user = www;"
      "exec.system_jail_user; exec.consolelog = /var/log/web; exec.timeout = 5;");
  const Commands expected{.prepare = {"a"},
                          .prestart = {"b", "c"},
                          .created = {"d"},
                          .start = {"/bin/sh /etc/rc"},
                          .command = {"e"},
                          .poststart = {"f"},
                          .prestop = {"g"},
                          .stop = {},
                          .poststop = {"h"},
                          .release = {"i"},
                          .clean = true,
                          .system_user = "root",
                          .jail_user = "www",
                          .jail_user_of_host = true,
                          .consolelog = "/var/log/web",
                          .timeout = 5};
  EXPECT_EQ(jail.commands, expected);
  EXPECT_THAT(mistake("exec.consolelog = log;"), HasSubstr("not an absolute pathname"));
  EXPECT_THAT(mistake("exec.start;"), HasSubstr("exec.start needs a value"));
}

TEST(Config, life) {
  EXPECT_THAT(config("depend = db, mail;").depend, SizeIs(2));
  EXPECT_EQ(config("depend = db;").depend.at(0).position.text(), "f:3:10");
  EXPECT_THAT(mistake("depend = 'a b';"), StartsWith("f:3:10: depend: name \"a b\""));
  EXPECT_THAT(unavailable("children.max = 3;"), HasSubstr("jails in jails"));
  EXPECT_THAT(config("children.max = 0;").notices, IsEmpty());
}

TEST(Config, limits) {
  const auto jail = config(
      "limit.memory = 512M; limit.cpu = 150%; limit.pids = 100;"
      "limit.io = \"8:0 rbps=1M wiops=100\", \"/dev/sdb wbps=1024\";");
  EXPECT_EQ(jail.limits, (Limits{.memory = 512U << 20,
                                 .cpu = 150,
                                 .pids = 100,
                                 .io = {{.device = "8:0", .rbps = 1U << 20, .wiops = 100},
                                        {.device = "/dev/sdb", .wbps = 1024}}}));
  EXPECT_THAT(mistake("limit.memory = much;"),
              StartsWith("f:3:16: limit.memory: \"much\" is no size"));
  EXPECT_THAT(mistake("limit.pids = 0;"), HasSubstr("no number from 1"));
}

TEST(Quantities, size) {
  EXPECT_THAT(parse_size("4096"), HasValue(4096U));
  EXPECT_THAT(parse_size("1k"), HasValue(1024U));
  EXPECT_THAT(parse_size("2G"), HasValue(std::uint64_t{2} << 30));
  EXPECT_THAT(parse_size("16777215T"), HasValue(std::uint64_t{16777215} << 40));
  for (const char* text :
       {"", "0", "-1", "K", "1KB", "1.5G", " 1", "0x10", "16777216T", "18446744073709551616"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Quantities, percent) {
  EXPECT_THAT(parse_percent("1%"), HasValue(1));
  EXPECT_THAT(parse_percent("1000000%"), HasValue(1000000));
  for (const char* text : {"", "%", "50", "0%", "-1%", "1000001%", "1.5%", "5 %"}) {
    EXPECT_FALSE(parse_percent(text)) << text;
  }
}

TEST(Quantities, io) {
  EXPECT_THAT(parse_io_limit("8:16  riops=5"), HasValue(IoLimit{.device = "8:16", .riops = 5}));
  for (const char* text : {"", "8:0", "sda rbps=1", "8 rbps=1", "8:0 rbps", "8:0 speed=1",
                           "8:0 rbps=x", "8:0:1 rbps=1", ":0 rbps=1"}) {
    EXPECT_FALSE(parse_io_limit(text)) << text;
  }
}

TEST(Config, seccomp) {
  EXPECT_TRUE(config("seccomp = default;").seccomp);
  EXPECT_THAT(config("seccomp = default;").spec(), IsOk());
  EXPECT_FALSE(config("seccomp = none;").seccomp);
  EXPECT_THAT(mistake("seccomp = strict;"), HasSubstr("unknown filter \"strict\""));
}

TEST(Config, system_v_ipc) {
  EXPECT_THAT(config("allow.sysvipc; sysvshm = new; sysvsem;").notices, IsEmpty());
  EXPECT_THAT(no_effect("allow.nosysvipc;"), HasSubstr("System V IPC of its own"));
  EXPECT_THAT(no_effect("sysvmsg = disable;"), HasSubstr("System V IPC of its own"));
  EXPECT_THAT(mistake("sysvshm = inherit;"), HasSubstr("shares no IPC"));
}

}  // namespace
}  // namespace libjail::conf
