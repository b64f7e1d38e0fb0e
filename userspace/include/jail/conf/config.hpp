// SPDX-License-Identifier: BSD-2-Clause
// A jail as its configuration wants it: values that were checked, ready to be carried out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/address.hpp"
#include "jail/capmask.hpp"
#include "jail/conf/mount_line.hpp"
#include "jail/conf/position.hpp"
#include "jail/conf/resolve.hpp"
#include "jail/error.hpp"
#include "jail/spec.hpp"

namespace libjail::conf {

/// Commands for sh(1), in order; those without "in the jail" run on the host.
struct Commands {
  std::vector<std::string> prepare;   ///< before addresses and mounts
  std::vector<std::string> prestart;  ///< before the jail is made
  std::vector<std::string> created;   ///< after it was made
  std::vector<std::string> start;     ///< in the jail
  std::vector<std::string> command;   ///< in the jail, after start
  std::vector<std::string> poststart;
  std::vector<std::string> prestop;
  std::vector<std::string> stop;      ///< in the jail
  std::vector<std::string> poststop;  ///< after the jail is gone
  std::vector<std::string> release;   ///< after mounts and addresses are gone
  bool clean = false;                 ///< with a clean environment
  std::string system_user;            ///< of the host, who runs those on the host; empty: root
  std::string jail_user;              ///< who runs those in the jail; empty: root
  bool jail_user_of_host = false;     ///< looked up on the host, not in the jail
  std::string consolelog;             ///< absolute path for the output of those in the jail
  int timeout = 0;                    ///< of each, in seconds; 0: none

  bool operator==(const Commands&) const = default;
};

struct IoLimit {
  std::string device{};                 ///< "8:0" or "/dev/sda"
  std::optional<std::uint64_t> rbps{};  ///< bytes in a second
  std::optional<std::uint64_t> wbps{};
  std::optional<std::uint64_t> riops{};  ///< operations in a second
  std::optional<std::uint64_t> wiops{};

  bool operator==(const IoLimit&) const = default;
};

/// Limits of the jail's control group.
struct Limits {
  std::optional<std::uint64_t> memory{};  ///< bytes
  std::optional<int> cpu{};               ///< percent of one CPU, 1 and more
  std::optional<int> pids{};              ///< processes and threads
  std::vector<IoLimit> io{};

  bool operator==(const Limits&) const = default;
};

/// An 802.1q interface for the jail alone.
struct Vlan {
  std::string interface;
  int id = 0;  ///< 1 to 4094

  bool operator==(const Vlan&) const = default;
};

/// Of a port of the host to one of the jail.
struct Redirect {
  std::string protocol{};   ///< "tcp" or "udp"
  std::uint32_t address{};  ///< of the host, host byte order
  int port = 0;             ///< of the host
  int jail_port = 0;

  bool operator==(const Redirect&) const = default;
};

struct Dependency {
  std::string name;
  Position position;
};

/// What the reader has to know of a jail whose configuration is right.
struct Notice {
  enum class Kind {
    kNoEffect,     ///< asks for what means nothing here
    kUnavailable,  ///< asks for what cannot be had yet: the jail must not be made without it
  };
  Kind kind = Kind::kNoEffect;
  Error error;
};

struct JailConfig {
  std::string name;
  Position position{};
  std::string path{};
  std::string hostname{};  ///< the name, where none was given; empty: the host's
  std::uint64_t ceiling = kDefaultCeiling;
  std::optional<Address> address{};
  std::optional<Vlan> vlan{};
  std::vector<std::string> vnet_interfaces{};
  std::vector<Redirect> redirects{};  ///< only with nat
  std::vector<Mount> mounts{};        ///< in order
  std::vector<std::string> fstabs{};  ///< absolute paths of files with more of them
  std::vector<Dependency> depend{};   ///< jails that are started before and stopped after it
  Commands commands{};
  Limits limits{};
  std::vector<Notice> notices{};
  int stop_timeout = 10;      ///< seconds from SIGTERM to SIGKILL; 0: no SIGTERM
  bool unsafe = false;        ///< accept a ceiling that breaks the wall
  bool vnet = false;          ///< a network stack of its own
  bool nat = false;           ///< it reaches others by the host's address
  bool pid = false;           ///< a PID namespace of its own
  IdMap idmap{};              ///< of the root directory
  bool system_mounts = true;  ///< private /proc and /dev
  bool persist = false;       ///< lives without processes
  bool seccomp = false;       ///< system calls are filtered

  /// What jail(2) is called with.
  /// @return the first thing that cannot be had yet as an error
  [[nodiscard]] Result<JailSpec> spec() const;
};

/// Checks every value.
/// @return all mistakes; a parameter that breaks the wall is one unless allow.unsafe is there
[[nodiscard]] Checked<JailConfig> make_config(const JailSettings& settings);

/// The jails of a file in the order in which they start: each after those that it depends on, else
/// as in the file. They stop in the reverse order.
/// @return a jail that is not there, a circle of jails with its names
[[nodiscard]] Result<std::vector<JailConfig>> start_order(std::vector<JailConfig> jails);

}  // namespace libjail::conf
