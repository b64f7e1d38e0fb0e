// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/config.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>

#include "jail/name.hpp"
#include "lib/conf/quantities.hpp"
#include "lib/text.hpp"

namespace libjail::conf {
namespace {

using Type = Parameter::Type;
using Support = Parameter::Support;
using Kind = Notice::Kind;

enum class System { kNew, kInherit, kDisable };

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string shown_name(const Setting& setting) {
  std::string name(setting.parameter->name);
  if (setting.negated) name.insert(name.rfind('.') + 1, "no");
  return name;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return result;
}

/// Collects the values of one jail, and every mistake in them.
class Builder {
 public:
  explicit Builder(const JailSettings& settings) : settings_(settings) {
    config_.name = settings.name;
    config_.position = settings.position;
  }

  Checked<JailConfig> build();

 private:
  void error(const Position& position, const std::string& what, std::string remedy = {}) {
    errors_.push_back(error_at(position, what, std::move(remedy)));
  }
  /// A mistake that a parser of values found.
  void error(const Position& position, std::string_view name, const Error& inner) {
    errors_.push_back({.code = inner.code,
                       .what = position.text() + ": " + std::string(name) + ": " + inner.what,
                       .remedy = inner.remedy});
  }
  void notice(Kind kind, const Setting& setting, std::string_view reason) {
    config_.notices.push_back(
        {.kind = kind,
         .error =
             error_at(setting.position, shown_name(setting) +
                                            (kind == Kind::kNoEffect ? " has no effect on Linux: "
                                                                     : " is not available yet: ") +
                                            std::string(reason))});
  }

  void check_form(const Setting& setting);
  void check_support(const Setting& setting);

  // What a parameter was set to, or nothing; what is malformed was reported by check_form().
  [[nodiscard]] static std::optional<bool> read_bool(const Setting& setting);
  [[nodiscard]] static std::optional<System> read_system(const Setting& setting);
  [[nodiscard]] static std::optional<std::int64_t> read_integer(const Setting& setting);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<System> system(std::string_view name) const;
  [[nodiscard]] std::optional<int> integer(std::string_view name) const;
  [[nodiscard]] std::string string(std::string_view name) const;
  [[nodiscard]] std::vector<Value> list(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view name) const;

  void ceiling();
  void host();
  void addresses();
  void ip6();
  void nat();
  void networks();
  void namespaces();
  void system_mounts();
  void mounts();
  void commands();
  void life();
  void limits();
  void ipc();

  const JailSettings& settings_;
  JailConfig config_;
  std::vector<Error> errors_;
};

// --- values --------------------------------------------------------------------------------------

std::optional<bool> Builder::read_bool(const Setting& setting) {
  if (setting.values.empty()) return !setting.negated;
  const std::string text = lower(setting.values[0].text);
  if (setting.negated) return {};
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return {};
}

std::optional<System> Builder::read_system(const Setting& setting) {
  if (setting.values.empty()) return setting.negated ? System::kDisable : System::kNew;
  const std::string& text = setting.values[0].text;
  if (setting.negated) return {};
  if (text == "new") return System::kNew;
  if (text == "inherit") return System::kInherit;
  if (text == "disable") return System::kDisable;
  return {};
}

std::optional<std::int64_t> Builder::read_integer(const Setting& setting) {
  if (setting.values.empty()) return {};
  const std::string& text = setting.values[0].text;
  std::int64_t value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto& parameter = *setting.parameter;
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  if (!whole || value < parameter.least || value > parameter.most) return {};
  return value;
}

std::optional<bool> Builder::boolean(std::string_view name) const {
  const auto* setting = settings_.find(name);
  return setting == nullptr ? std::nullopt : read_bool(*setting);
}

std::optional<System> Builder::system(std::string_view name) const {
  const auto* setting = settings_.find(name);
  return setting == nullptr ? std::nullopt : read_system(*setting);
}

std::optional<int> Builder::integer(std::string_view name) const {
  const auto* setting = settings_.find(name);
  const auto value = setting == nullptr ? std::nullopt : read_integer(*setting);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::string Builder::string(std::string_view name) const {
  const auto* setting = settings_.find(name);
  return setting == nullptr || setting->values.empty() ? std::string() : setting->values[0].text;
}

std::vector<Value> Builder::list(std::string_view name) const {
  const auto* setting = settings_.find(name);
  if (setting == nullptr) return {};
  auto values = setting->values;
  std::erase_if(values, [](const Value& value) { return value.text.empty(); });
  return values;
}

std::vector<std::string> Builder::strings(std::string_view name) const {
  std::vector<std::string> texts;
  for (auto& value : list(name)) texts.push_back(std::move(value.text));
  return texts;
}

// --- what holds for every parameter --------------------------------------------------------------

void Builder::check_form(const Setting& setting) {
  const std::string name = shown_name(setting);
  const auto& parameter = *setting.parameter;
  const bool valueless = parameter.type == Type::kBool || parameter.type == Type::kSystem;
  if (setting.values.empty()) {
    if (!valueless) error(setting.position, name + " needs a value", "an empty one is ''");
    return;
  }
  const auto& value = setting.values[0];
  if (setting.negated) {
    error(value.position, name + " takes no value", "the \"no\" says it");
    return;
  }
  switch (parameter.type) {
    case Type::kBool:
      if (!read_bool(setting)) {
        error(value.position, name + ": unknown boolean value " + quoted(value.text),
              "give true or false");
      }
      break;
    case Type::kSystem:
      if (!read_system(setting)) {
        error(value.position, name + ": unknown value " + quoted(value.text),
              "give new, inherit or disable");
      }
      break;
    case Type::kInteger:
      if (!read_integer(setting)) {
        error(value.position, name + ": " + quoted(value.text) + " is no number from " +
                                  std::to_string(parameter.least) + " to " +
                                  std::to_string(parameter.most));
      }
      break;
    case Type::kPath:
      if (!value.text.empty() && !value.text.starts_with('/')) {
        error(value.position, name + " " + value.text + ": not an absolute pathname");
      }
      break;
    case Type::kString:
    case Type::kList:
      break;
  }
}

void Builder::check_support(const Setting& setting) {
  const auto& parameter = *setting.parameter;
  const std::string name = shown_name(setting);
  const std::string reason(parameter.reason);
  // Not to have what nobody can have is no wish.
  const bool wanted = parameter.type != Type::kBool || read_bool(setting).value_or(true);
  switch (parameter.support) {
    case Support::kYes:
      break;
    case Support::kNoEffect:
      notice(Kind::kNoEffect, setting, reason);
      break;
    case Support::kNotYet:
      if (wanted) notice(Kind::kUnavailable, setting, reason);
      break;
    case Support::kImpossible:
      if (wanted) error(setting.position, name + " is refused: " + reason);
      break;
    case Support::kUnsafe:
      if (wanted && !config_.unsafe) {
        error(setting.position, name + " breaks the jail's wall: " + reason,
              "leave it out, or accept it with allow.unsafe");
      }
      break;
    case Support::kFixed:
      if (!wanted) error(setting.position, name + " is refused: " + reason);
      break;
  }
}

// --- the parts of a jail -------------------------------------------------------------------------

void Builder::ceiling() {
  std::string text;
  const auto items = list("cap.ceiling");
  for (const auto& item : items) text += (text.empty() ? "" : ",") + item.text;
  if (!items.empty()) {
    const auto mask = parse_capmask(text);
    if (!mask) {
      error(items[0].position, "cap.ceiling", mask.error());
      return;
    }
    config_.ceiling = *mask;
    const auto bad = *mask & unsafe_capabilities();
    if (bad != 0 && !config_.unsafe) {
      error(items[0].position,
            "cap.ceiling has " + format_capmask(bad) + ", which breaks the jail's wall",
            "leave it out, or accept it with allow.unsafe");
    }
  }
  for (const auto& setting : settings_.settings) {
    const auto capability = setting.parameter->capability;
    if (capability == 0) continue;
    if (read_bool(setting).value_or(false)) {
      config_.ceiling |= capability;
    } else {
      config_.ceiling &= ~capability;
    }
  }
}

void Builder::host() {
  const auto* setting = settings_.find("host");
  config_.hostname = string("host.hostname");
  const auto mode = system("host").value_or(System::kNew);
  if (mode == System::kDisable)
    error(setting->position, "a jail has a host name: host is new or inherit");
  if (mode == System::kInherit) {
    if (!config_.hostname.empty()) {
      error(setting->position, "host = inherit and host.hostname exclude each other");
    }
  } else if (config_.hostname.empty()) {
    config_.hostname = config_.name;
  }
}

void Builder::addresses() {
  const auto* mode = settings_.find("ip4");
  const auto system_mode = system("ip4").value_or(System::kNew);
  if (system_mode == System::kInherit) {
    error(mode->position, "ip4 = inherit is refused: a jail has an address of its own or none",
          "give ip4.addr");
  }
  std::vector<Address> found;
  for (const auto& value : list("ip4.addr")) {
    for (const auto item : split(value.text, ',')) {
      const auto completed = complete_address(item, string("interface"));
      if (!completed) {
        error(value.position, "ip4.addr", completed.error());
        continue;
      }
      const auto parsed = parse_address(*completed);
      if (!parsed) {
        error(value.position, "ip4.addr", parsed.error());
        continue;
      }
      const std::optional<Address>& address = *parsed;
      if (!address) continue;  // "none"
      if (std::ranges::find(found, address->ip, &Address::ip) != found.end()) {
        error(value.position, "ip4.addr: " + std::string(item) + " stands there twice");
      }
      found.push_back(*address);
    }
  }
  if (found.empty()) return;
  if (system_mode == System::kDisable) {
    error(mode->position, "ip4 = disable and ip4.addr exclude each other");
  }
  config_.address = found[0];
  if (found.size() > 1) {
    notice(Kind::kUnavailable, *settings_.find("ip4.addr"),
           "several addresses; a jail has one in this version of the kernel");
  }
}

void Builder::ip6() {
  constexpr std::string_view kReason =
      "IPv6; a jail has one IPv4 address in this version of the kernel";
  const auto values = list("ip6.addr");
  for (const auto& value : values) {
    for (const auto item : split(value.text, ',')) {
      if (const auto good = check_ip6(item); !good) error(value.position, "ip6.addr", good.error());
    }
  }
  if (!values.empty()) notice(Kind::kUnavailable, *settings_.find("ip6.addr"), kReason);
  if (system("ip6").value_or(System::kDisable) != System::kDisable) {
    notice(Kind::kUnavailable, *settings_.find("ip6"), kReason);
  }
}

void Builder::nat() {
  config_.nat = boolean("vnet.nat").value_or(false);
  if (config_.nat && (!config_.vnet || !config_.vnet_interfaces.empty() || !config_.address)) {
    error(settings_.find("vnet.nat")->position,
          "vnet.nat is for a network stack with an address on the bridge of the jails",
          "give vnet and ip4.addr, and no vnet.interface");
  }
  for (const auto& value : list("vnet.rdr")) {
    auto redirect = parse_redirect(value.text);
    if (!redirect) {
      error(value.position, "vnet.rdr", redirect.error());
    } else if (!config_.nat) {
      error(value.position, "vnet.rdr needs the translation of addresses", "give vnet.nat");
    } else if (std::ranges::any_of(config_.redirects, [&redirect](const Redirect& one) {
                 return one.protocol == redirect->protocol && one.address == redirect->address &&
                        one.port == redirect->port;
               })) {
      error(value.position, "vnet.rdr: " + value.text + ": the port leads elsewhere already");
    } else {
      config_.redirects.push_back(std::move(*redirect));
    }
  }
}

void Builder::networks() {
  config_.vnet = system("vnet") == System::kNew;
  config_.vnet_interfaces = strings("vnet.interface");
  if (!config_.vnet_interfaces.empty() && !config_.vnet) {
    error(settings_.find("vnet.interface")->position,
          "vnet.interface needs a network stack of the jail's own", "give vnet");
  }
  nat();
  if (const std::string text = string("vlan"); !text.empty()) {
    auto vlan = parse_vlan(text);
    if (vlan) {
      config_.vlan = std::move(*vlan);
    } else {
      error(settings_.find("vlan")->values[0].position, "vlan", vlan.error());
    }
  }
}

void Builder::namespaces() {
  config_.pid = system("pid") == System::kNew;
  std::string text;
  const auto items = list("idmap");
  for (const auto& item : items) text += item.text + " ";
  if (items.empty()) return;
  if (auto map = parse_idmap(text); map) {
    config_.idmap = *std::move(map);
  } else {
    error(items[0].position, "idmap", map.error());
  }
}

void Builder::system_mounts() {
  const auto devfs = boolean("mount.devfs");
  const auto procfs = boolean("mount.procfs");
  config_.system_mounts = devfs.value_or(procfs.value_or(true));
  if (devfs && procfs && *devfs != *procfs) {
    notice(Kind::kUnavailable, *settings_.find("mount.procfs"),
           "/proc and /dev are mounted together or not at all");
  }
  const auto fdescfs = boolean("mount.fdescfs");
  if (fdescfs && *fdescfs != config_.system_mounts) {
    notice(*fdescfs ? Kind::kUnavailable : Kind::kNoEffect, *settings_.find("mount.fdescfs"),
           "/dev/fd is a part of /dev");
  }
  constexpr int kDefaultRuleset = 4;
  if (integer("devfs_ruleset").value_or(kDefaultRuleset) != kDefaultRuleset) {
    notice(Kind::kNoEffect, *settings_.find("devfs_ruleset"),
           "every jail has the devices of ruleset 4");
  }
}

void Builder::mounts() {
  for (const auto& value : list("mount")) {
    auto parsed = parse_mount_line(value.text, config_.path);
    if (!parsed) {
      error(value.position, "mount", parsed.error());
      continue;
    }
    std::optional<Mount>& mount = *parsed;
    if (mount) config_.mounts.push_back(std::move(*mount));
  }
  for (const auto& value : list("mount.fstab")) {
    if (!value.text.starts_with('/')) {
      error(value.position, "mount.fstab " + value.text + ": not an absolute pathname");
    }
    config_.fstabs.push_back(value.text);
  }
}

void Builder::commands() {
  config_.commands = {.prepare = strings("exec.prepare"),
                      .prestart = strings("exec.prestart"),
                      .created = strings("exec.created"),
                      .start = strings("exec.start"),
                      .command = strings("command"),
                      .poststart = strings("exec.poststart"),
                      .prestop = strings("exec.prestop"),
                      .stop = strings("exec.stop"),
                      .poststop = strings("exec.poststop"),
                      .release = strings("exec.release"),
                      .clean = boolean("exec.clean").value_or(false),
                      .system_user = string("exec.system_user"),
                      .jail_user = string("exec.jail_user"),
                      .jail_user_of_host = boolean("exec.system_jail_user").value_or(false),
                      .consolelog = string("exec.consolelog"),
                      .timeout = integer("exec.timeout").value_or(0)};
}

void Builder::life() {
  config_.persist = boolean("persist").value_or(false);
  config_.stop_timeout = integer("stop.timeout").value_or(config_.stop_timeout);
  for (const auto& value : list("depend")) {
    if (const auto name = parse_name(value.text); name) {
      config_.depend.push_back({.name = *name, .position = value.position});
    } else {
      error(value.position, "depend", name.error());
    }
  }
  if (integer("children.max").value_or(0) > 0) {
    notice(Kind::kUnavailable, *settings_.find("children.max"), "jails in jails");
  }
}

void Builder::limits() {
  const auto read = [this](std::string_view name, const auto& parse, auto& field) {
    const std::string text = string(name);
    if (text.empty()) return;
    if (const auto value = parse(text); value) {
      field = *value;
    } else {
      error(settings_.find(name)->values[0].position, name, value.error());
    }
  };
  read("limit.memory", parse_size, config_.limits.memory);
  read("limit.cpu", parse_percent, config_.limits.cpu);
  config_.limits.pids = integer("limit.pids");
  for (const auto& value : list("limit.io")) {
    auto limit = parse_io_limit(value.text);
    if (limit) {
      config_.limits.io.push_back(std::move(*limit));
    } else {
      error(value.position, "limit.io", limit.error());
    }
  }
  const std::string filter = string("seccomp");
  config_.seccomp = filter == "default";
  if (!filter.empty() && filter != "default" && filter != "none") {
    error(settings_.find("seccomp")->values[0].position,
          "seccomp: unknown filter " + quoted(filter), "give default or none");
  }
}

void Builder::ipc() {
  for (const char* name : {"sysvmsg", "sysvsem", "sysvshm"}) {
    const auto mode = system(name).value_or(System::kNew);
    if (mode == System::kInherit) {
      error(settings_.find(name)->position,
            std::string(name) + " = inherit is refused: a jail shares no IPC with the host");
    } else if (mode == System::kDisable) {
      notice(Kind::kNoEffect, *settings_.find(name), "a jail has System V IPC of its own");
    }
  }
  if (!boolean("allow.sysvipc").value_or(true)) {
    notice(Kind::kNoEffect, *settings_.find("allow.sysvipc"), "a jail has System V IPC of its own");
  }
}

Checked<JailConfig> Builder::build() {
  config_.unsafe = boolean("allow.unsafe").value_or(false);
  for (const auto& setting : settings_.settings) {
    check_form(setting);
    check_support(setting);
  }
  config_.path = string("path");
  if (config_.path.empty()) {
    error(config_.position, "jail " + quoted(config_.name) + " has no path",
          "give the root directory: path = \"/srv/" + config_.name + "\";");
  }
  ceiling();
  host();
  addresses();
  ip6();
  networks();
  namespaces();
  system_mounts();
  mounts();
  commands();
  life();
  limits();
  ipc();
  if (!errors_.empty()) return std::unexpected(std::move(errors_));
  // What jail(2) takes; what it cannot do yet is not asked here.
  auto plain = config_;
  plain.notices.clear();
  if (const auto spec = plain.spec(); !spec) {
    error(config_.position, "jail " + quoted(config_.name) + ": " + spec.error().what,
          spec.error().remedy);
    return std::unexpected(std::move(errors_));
  }
  return std::move(config_);
}

}  // namespace

Result<JailSpec> JailConfig::spec() const {
  const auto missing = std::ranges::find(notices, Notice::Kind::kUnavailable, &Notice::kind);
  if (missing != notices.end()) return std::unexpected(missing->error);
  return JailSpec::make({.path = path,
                         .ceiling = ceiling,
                         .unsafe = unsafe,
                         .address = address,
                         .name = name,
                         .hostname = hostname,
                         .mounts = system_mounts,
                         .pid = pid,
                         .idmap = idmap});
}

Checked<JailConfig> make_config(const JailSettings& settings) { return Builder(settings).build(); }

}  // namespace libjail::conf
