// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/stop.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "jail/alias.hpp"
#include "jail/attach.hpp"
#include "lifecycle/commands.hpp"
#include "lifecycle/keeper.hpp"
#include "lifecycle/lease.hpp"
#include "lifecycle/make.hpp"
#include "lifecycle/record.hpp"
#include "lifecycle/terminate.hpp"
#include "network/inspection.hpp"
#include "session/channel.hpp"

namespace libjail::lifecycle {
namespace {

constexpr int kPatience = 10000;  ///< milliseconds for another jail(8) to be done with the jail

/// A jail by its name, or a closed descriptor where there is none.
Result<UniqueFd> find_jail(const Host& host, const std::string& name) {
  auto jail = open_jail(host.kernel, name, host.listing().c_str());
  if (!jail) {
    if (jail.error().code == 0) return UniqueFd();  // not found, or dying
    return std::unexpected(jail.error());
  }
  UniqueFd kept(::fcntl(jail->get(), F_DUPFD_CLOEXEC, session::kFirstFree));
  if (!kept) return fail(errno, "keep the jail's descriptor");
  return kept;
}

class Stop {
 public:
  Stop(const Host& host, const conf::JailConfig& config, std::optional<Record>& record,
       UniqueFd jail)
      : host_(host),
        config_(config),
        record_(record),
        jail_(std::move(jail)),
        state_(record ? record->state() : State{.phase = Phase::kStop}),
        commands_(host.kernel, config, host.interrupts, host.log) {
    if (auto group = limits::ControlGroup::open(config.name, host.cgroup_root); group) {
      group_ = std::move(*group);
    }
  }

  /// As long as the jail runs.
  void shut_down() {
    enter_phase(Phase::kStop);
    on_host("exec.prestop", config_.commands.prestop);
    note("exec.stop", commands_.in_jail(config_.commands.stop));
    host_.interrupts.forget();
    if (config_.stop_timeout > 0) {
      host_.log("SIGTERM to every process, and " + std::to_string(config_.stop_timeout) +
                " s of time");
    }
    ask_to_end(host_.kernel, host_.inits(), host_.interrupts, jail_.get(), config_.name,
               config_.stop_timeout);
  }

  /// It has ended, whatever the record knows of it.
  void set_ended() { state_.phase = Phase::kStop; }

  /// What is left then.
  Result<std::vector<Error>> clear(bool commands) {
    const Phase phase = state_.phase;
    const auto network = network::inspect(host_.kernel, host_.network, config_.name);
    if (jail_) {
      enter_phase(Phase::kStop);
      host_.log("the end of every process that is left");
      const auto killed = host_.kernel.jail_kill(jail_.get());
      if (!killed) return fail(killed.error(), "kill the jail");
      jail_.reset();
      commands_.set_place({});
    }
    // The interfaces that moved into the jail are back for exec.poststop, which may remove them.
    const bool moved = !config_.vnet_interfaces.empty();
    if (moved) end_keeper(network);
    if (commands && phase >= Phase::kPrestart) {
      on_host("exec.poststop", config_.commands.poststop);
    }
    if (!moved) end_keeper(network);
    note("network", sweep_leases(host_));
    if (commands && phase >= Phase::kPrepare) on_host("exec.release", config_.commands.release);
    if (record_) note("record", record_->remove());
    return std::move(problems_);
  }

 private:
  void note(const char* step, const Result<void>& done) {
    if (done) return;
    Error error = done.error();
    error.what = std::string(step) + ": " + error.what;
    problems_.push_back(std::move(error));
  }

  void on_host(const char* step, const std::vector<std::string>& commands) {
    host_.interrupts.forget();
    note(step, commands_.on_host(commands));
  }

  /// It takes away what there was for the jail.
  void end_keeper(const Result<network::Inspection>& before) {
    if (record_) note("keeper", dismiss_keeper(*record_));
    if (before) tell_of(*before);
  }

  /// What the keeper has taken away of what there was.
  void tell_of(const network::Inspection& before) const {
    if (const auto& alias = before.added; alias) {
      const auto now = find_alias({.state_dir = host_.state_dir()}, alias->ip);
      if (now && !*now) host_.log(ip_command("del", *alias));
    }
    const auto now = network::interfaces_of(host_.network, config_.name);
    for (const auto& interface : before.interfaces) {
      if (now && std::ranges::count(*now, interface) == 0) {
        host_.log("ip link del " + interface.name);
      }
    }
    for (const auto& name : config_.vnet_interfaces) {
      if (host_.network.has_interface(name)) {
        host_.log("ip -n " + config_.name + " link set " + name + " netns 1");
      }
    }
  }

  /// Whoever comes after us, should we be killed, goes on here.
  void enter_phase(Phase phase) {
    if (state_.jail.jid == 0) {
      if (const auto info = information(host_.kernel, jail_.get()); info) {
        state_.jail = {.jid = info->jid, .start_time = info->start_time};
      }
    }
    commands_.set_place({.jail = jail_.get(),
                         .jid = state_.jail.jid,
                         .group = group_ ? &*group_ : nullptr,
                         .inits = host_.inits(),
                         .filtered = config_.seccomp});
    state_.phase = phase;
    if (record_) note("record", record_->set_state(state_));
  }

  const Host& host_;
  const conf::JailConfig& config_;
  std::optional<Record>& record_;
  UniqueFd jail_;
  State state_;
  Commands commands_;
  std::optional<limits::ControlGroup> group_;
  std::vector<Error> problems_;
};

/// What the jail was started with, else what its file says, else nothing but its name.
conf::JailConfig config_of(const Host& host, const std::optional<Record>& record,
                           const StopRequest& request) {
  if (record) {
    if (const auto settings = record->settings(host.kernel); settings) {
      if (auto config = conf::make_config(*settings); config) return *std::move(config);
    }
  }
  return request.config.value_or(conf::JailConfig{.name = request.name});
}

Result<std::vector<Error>> clean_up(const Host& host, const StopRequest& request) {
  // One that is there for as long as this takes keeps others from starting the jail.
  auto taken = Record::take(host.state_dir(), request.name, kPatience);
  if (!taken) return std::unexpected(taken.error());
  std::optional<Record> record = *std::move(taken);
  const auto jail = find_jail(host, request.name);
  if (!jail || *jail) {
    if (record->state().phase == Phase::kNew) static_cast<void>(record->remove());
    return jail ? fail(0, "is running", "jail -r stops it") : std::unexpected(jail.error());
  }
  const auto config = config_of(host, record, request);
  Stop work(host, config, record, UniqueFd());
  work.set_ended();
  return work.clear(true);
}

bool is_jail(const Host& host, const UniqueFd& jail, const Identity& identity) {
  const auto info = information(host.kernel, jail.get());
  return info && info->jid == identity.jid && info->start_time == identity.start_time;
}

}  // namespace

Result<std::vector<Error>> stop(const Host& host, const StopRequest& request) {
  if (request.gone) return clean_up(host, request);
  auto record = Record::find(host.state_dir(), request.name, kPatience);
  if (!record) return std::unexpected(record.error());
  auto jail = find_jail(host, request.name);
  if (!jail) return std::unexpected(jail.error());
  if (!*jail && !*record) return fail(ENOENT, "not found");
  const auto config = config_of(host, *record, request);
  const bool commands = !request.force;
  const bool runs = static_cast<bool>(*jail);
  Stop work(host, config, *record, std::move(*jail));
  if (runs && commands) work.shut_down();
  return work.clear(commands);
}

std::vector<std::string> sweep(const Host& host) {
  std::vector<std::string> swept;
  const auto names = Record::names(host.state_dir());
  if (!names) {
    host.warn(names.error().text());
    return swept;
  }
  for (const auto& name : *names) {
    auto record = Record::find(host.state_dir(), name, 0);
    if (!record || !*record) continue;  // somebody is at work on it
    const auto state = (*record)->state();
    auto jail = find_jail(host, name);
    if (!jail) continue;
    if (*jail && !is_jail(host, *jail, state.jail)) jail->reset();
    // A jail whose keeper was killed lives on as long as it has processes.
    if (state.phase == Phase::kStarted && (*jail || (*record)->keeper() != 0)) continue;
    const auto config = config_of(host, *record, {.name = name});
    Stop work(host, config, *record, std::move(*jail));
    // A jail that ended by itself had no remover, whose commands these are.
    const auto problems = work.clear(state.phase != Phase::kStarted);
    if (!problems) {
      host.warn(name + ": " + problems.error().text());
      continue;
    }
    for (const auto& problem : *problems) host.warn(name + ": " + problem.text());
    host.log("swept: jail \"" + name + "\"");
    swept.push_back(name);
  }
  if (auto done = sweep_leases(host); !done) host.warn(done.error().text());
  return swept;
}

}  // namespace libjail::lifecycle
