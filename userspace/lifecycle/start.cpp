// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/start.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <utility>

#include "doctor/doctor.hpp"
#include "doctor/subject.hpp"
#include "jail/listing.hpp"
#include "jail/pid_namespace.hpp"
#include "jail/steps.hpp"
#include "lifecycle/commands.hpp"
#include "lifecycle/keeper.hpp"
#include "lifecycle/lease.hpp"
#include "lifecycle/make.hpp"
#include "lifecycle/record.hpp"

namespace libjail::lifecycle {
namespace {

constexpr int kPatience = 10000;  ///< milliseconds for another jail(8) to be done with the jail

/// Whether no such jail is there, whoever made it.
Result<void> check_free(const Host& host, const std::string& name, Record& record) {
  const auto jails = list_jails(host.kernel, host.listing().c_str());
  if (jails && std::ranges::find(*jails, name, &ListedJail::name) == jails->end()) return {};
  // A record that we have just made is of no use; one of a jail that we started stays.
  if (record.state().phase == Phase::kNew) static_cast<void>(record.remove());
  if (!jails) return std::unexpected(jails.error());
  return fail(0, "already exists", "jail -rc restarts it");
}

class Start {
 public:
  Start(const Host& host, const StartRequest& request, Record record)
      : host_(host),
        request_(request),
        config_(request.config),
        commands_(host.kernel, request.config, host.interrupts, host.log),
        record_(std::move(record)) {}

  Result<Started> run() {
    const auto done = run_steps(steps(), [this] { return host_.interrupts.came(); });
    if (done) return started_;
    // Where an interrupt came before the first step, nothing has undone this.
    if (!begun_) static_cast<void>(record_.remove());
    return std::unexpected(done.error());
  }

 private:
  Result<void> mark(Phase phase) {
    state_.phase = phase;
    return record_.set_state(state_);
  }

  /// A step that says that another one has begun, and what undoes that one, done or half done.
  Step begin(const char* what, Phase phase, std::function<Result<void>()> undo) {
    return {.what = what,
            .run = [this, phase] { return mark(phase); },
            .undo =
                [this, undo = std::move(undo)] {
                  host_.interrupts.forget();
                  return undo();
                }};
  }

  Step on_host(const char* what, const std::vector<std::string>& commands) {
    return {.what = what, .run = [this, &commands] { return commands_.on_host(commands); }};
  }

  Step network() {
    return {.what = "network",
            .run = [this] { return lease_.take_network(host_, config_); },
            .undo = [this] { return lease_.release_network(host_); }};
  }

  Step in_jail(const char* what, const std::vector<std::string>& commands) {
    return {.what = what, .run = [this, &commands] { return commands_.in_jail(commands); }};
  }

  std::vector<Step> steps();
  [[nodiscard]] Result<void> examine() const;
  Result<void> make();
  Result<void> identify();
  Result<void> end();
  Result<void> keep();

  const Host& host_;
  const StartRequest& request_;
  const conf::JailConfig& config_;
  Commands commands_;
  Record record_;
  State state_;
  Lease lease_;
  Made made_;
  Started started_;
  bool begun_ = false;  ///< the first step
};

std::vector<Step> Start::steps() {
  const auto& exec = config_.commands;
  std::vector<Step> steps;
  steps.push_back({.what = "record",
                   .run = [this]() -> Result<void> {
                     begun_ = true;
                     auto kept = record_.set_settings(request_.settings);
                     if (kept) kept = mark(Phase::kNew);
                     if (!kept) static_cast<void>(record_.remove());
                     return kept;
                   },
                   .undo = [this] { return record_.remove(); }});
  steps.push_back(
      begin("exec.prepare", Phase::kPrepare, [&] { return commands_.on_host(exec.release); }));
  steps.push_back(on_host("exec.prepare", exec.prepare));
  steps.push_back({.what = "jaildoctor", .run = [this] { return examine(); }});
  // Interfaces that only move may be made by exec.prestart, as on FreeBSD.
  const bool moves = !config_.vnet_interfaces.empty();
  if (!moves) steps.push_back(network());
  steps.push_back({.what = "limits",
                   .run = [this] { return lease_.take_group(host_, config_); },
                   .undo = [this] { return lease_.release_group(); }});
  steps.push_back(
      begin("exec.prestart", Phase::kPrestart, [&] { return commands_.on_host(exec.poststop); }));
  steps.push_back(on_host("exec.prestart", exec.prestart));
  if (moves) steps.push_back(network());
  steps.push_back(
      {.what = "create", .run = [this] { return make(); }, .undo = [this] { return end(); }});
  steps.push_back(on_host("exec.created", exec.created));
  steps.push_back(in_jail("exec.start", exec.start));
  steps.push_back(in_jail("command", exec.command));
  if (!request_.argv.empty()) {
    steps.push_back({.what = "command", .run = [this] {
                       return commands_.interactive(request_.argv, host_.messages);
                     }});
  }
  steps.push_back(on_host("exec.poststart", exec.poststart));
  steps.push_back({.what = "keeper", .run = [this] { return keep(); }});
  return steps;
}

/// After exec.prepare, which may have made the root directory.
Result<void> Start::examine() const {
  if (config_.unsafe) return {};
  const auto subject = doctor::subject_of(host_.kernel, config_);
  if (!subject) return std::unexpected(subject.error());
  return doctor::refuse_unsafe(host_.kernel, *subject, "mend it, or accept it with allow.unsafe");
}

Result<void> Start::make() {
  auto made = make_jail(host_.kernel, config_, lease_, host_.interrupts, host_.log);
  if (!made) return std::unexpected(made.error());
  made_ = std::move(*made);
  auto known = identify();
  if (!known) static_cast<void>(end());
  return known;
}

/// For everybody who works on the jail later.
Result<void> Start::identify() {
  const auto info = information(host_.kernel, made_.jail.get());
  if (!info) return std::unexpected(info.error());
  state_.jail = {.jid = info->jid, .start_time = info->start_time};
  if (auto marked = mark(Phase::kCreate); !marked) return marked;
  if (made_.init != 0) {
    auto known = remember_init(host_.kernel, host_.inits(), made_.jail.get(), made_.init);
    if (!known) return known;
  }
  started_.jid = info->jid;
  commands_.set_place({.jail = made_.jail.get(),
                       .jid = info->jid,
                       .group = lease_.group(),
                       .inits = host_.inits(),
                       .filtered = config_.seccomp});
  host_.log("jail " + std::to_string(info->jid));
  return {};
}

Result<void> Start::end() {
  host_.interrupts.forget();
  const auto killed = host_.kernel.jail_kill(made_.jail.get());
  made_ = {};
  commands_.set_place({});
  if (!killed) return fail(killed.error(), "kill the jail");
  return sweep_inits(host_.kernel, host_.inits());
}

Result<void> Start::keep() {
  const auto info = information(host_.kernel, made_.jail.get());
  if (!info) return std::unexpected(info.error());
  // Process 1 is no reason to live on.
  const bool over = made_.init != 0 ? let_init_go(made_) : info->nr_processes == 0;
  if (over && !config_.persist) {
    started_.ended = true;
    made_ = {};
    if (auto done = sweep_inits(host_.kernel, host_.inits()); !done) {
      host_.warn(done.error().text());
    }
    if (auto done = lease_.release_network(host_); !done) host_.warn(done.error().text());
    if (auto done = lease_.release_group(); !done) host_.warn(done.error().text());
    return record_.remove();
  }
  const auto keeper = start_keeper(host_, record_,
                                   {.jail = made_.jail.get(),
                                    .persist = config_.persist,
                                    .lease = lease_,
                                    .outputs = commands_.outputs()});
  if (!keeper) return std::unexpected(keeper.error());
  host_.log("process " + std::to_string(*keeper) + " keeps the jail");
  auto marked = mark(Phase::kStarted);
  if (!marked) {
    // What it would take back is undone by us.
    ::kill(*keeper, SIGKILL);
    ::waitpid(*keeper, nullptr, 0);
  }
  return marked;
}

}  // namespace

Result<Started> start(const Host& host, const StartRequest& request) {
  const auto& config = request.config;
  if (const auto spec = config.spec(); !spec) return std::unexpected(spec.error());
  if (!config.persist && config.commands.start.empty() && config.commands.command.empty() &&
      request.argv.empty()) {
    return fail(0, "nothing would keep it alive", "give persist, exec.start or command");
  }
  auto record = Record::take(host.state_dir(), config.name, kPatience);
  if (!record) return std::unexpected(record.error());
  if (auto free = check_free(host, config.name, *record); !free) {
    return std::unexpected(free.error());
  }
  // One whose jail has just ended may not know it yet.
  if (auto done = dismiss_keeper(*record); !done) return std::unexpected(done.error());
  return Start(host, request, std::move(*record)).run();
}

}  // namespace libjail::lifecycle
