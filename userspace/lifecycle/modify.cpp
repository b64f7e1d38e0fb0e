// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/modify.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "lifecycle/record.hpp"
#include "limits/control_group.hpp"

namespace libjail::lifecycle {
namespace {

constexpr int kPatience = 10000;  ///< milliseconds for another jail(8) to be done with the jail

bool is_limit(const conf::Setting& setting) {
  return setting.parameter->name.starts_with("limit.");
}

/// The values in one spelling: `persist`, `persist = true` and `persist = 1` are the same.
std::vector<std::string> values_of(const conf::Setting& setting) {
  const bool boolean = setting.parameter->type == conf::Parameter::Type::kBool;
  if (setting.values.empty()) {
    if (boolean) return {setting.negated ? "false" : "true"};
    return {setting.negated ? "disable" : "new"};
  }
  std::vector<std::string> values;
  values.reserve(setting.values.size());
  for (const auto& value : setting.values) values.push_back(value.text);
  if (boolean) {
    for (char& c : values[0]) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (values[0] == "1") values[0] = "true";
    if (values[0] == "0") values[0] = "false";
  }
  return values;
}

bool is_same(const conf::Setting& one, const conf::Setting& other) {
  return values_of(one) == values_of(other);
}

std::unexpected<Error> refuse(const conf::Setting& setting) {
  return fail(0, std::string(setting.parameter->name) + " cannot be changed after creation",
              "jail -rc restarts the jail with it");
}

/// The parameters as they are to be, if no other than limits change.
Result<conf::JailSettings> merge(conf::JailSettings now, const conf::JailSettings& wanted,
                                 bool whole) {
  for (const auto& setting : wanted.settings) {
    const auto* old = now.find(setting.parameter->name);
    if (old != nullptr && is_same(*old, setting)) continue;
    if (!is_limit(setting)) return refuse(setting);
    std::erase_if(now.settings, [&setting](const conf::Setting& entry) {
      return entry.parameter == setting.parameter;
    });
    now.settings.push_back(setting);
  }
  if (!whole) return now;
  for (const auto& old : now.settings) {
    if (wanted.find(old.parameter->name) == nullptr && !is_limit(old)) return refuse(old);
  }
  std::erase_if(now.settings, [&wanted](const conf::Setting& old) {
    return wanted.find(old.parameter->name) == nullptr;
  });
  return now;
}

Result<conf::JailConfig> config_of(const conf::JailSettings& settings) {
  auto config = conf::make_config(settings);
  if (!config) return std::unexpected(config.error().front());
  return *std::move(config);
}

/// The limits that there were and are no more.
limits::Lifted lifted(const conf::Limits& before, const conf::Limits& after) {
  limits::Lifted gone{.memory = before.memory && !after.memory,
                      .cpu = before.cpu && !after.cpu,
                      .pids = before.pids && !after.pids};
  for (const auto& io : before.io) {
    if (std::ranges::find(after.io, io.device, &conf::IoLimit::device) == after.io.end()) {
      gone.io.push_back(io.device);
    }
  }
  return gone;
}

}  // namespace

bool needs_restart(const Host& host, const conf::JailSettings& wanted, bool whole) {
  const auto now = Record::peek(host.kernel, host.state_dir(), wanted.name);
  return now && !merge(*now, wanted, whole);
}

Result<void> modify(const Host& host, const conf::JailSettings& wanted, bool whole) {
  const auto found = Record::find(host.state_dir(), wanted.name, kPatience);
  if (!found) return std::unexpected(found.error());
  const std::optional<Record>& record = *found;
  if (!record || record->state().phase != Phase::kStarted) return fail(ENOENT, "not found");
  const auto now = record->settings(host.kernel);
  if (!now) return std::unexpected(now.error());
  const auto settings = merge(*now, wanted, whole);
  if (!settings) return std::unexpected(settings.error());
  const auto before = config_of(*now);
  if (!before) return std::unexpected(before.error());
  const auto after = config_of(*settings);
  if (!after) return std::unexpected(after.error());
  if (after->limits == before->limits) return {};
  const auto group = limits::ControlGroup::open(wanted.name, host.cgroup_root);
  if (!group) return std::unexpected(group.error());
  if (auto done = group->set(after->limits, lifted(before->limits, after->limits)); !done) {
    return done;
  }
  return record->set_settings(*settings);
}

}  // namespace libjail::lifecycle
