// SPDX-License-Identifier: BSD-2-Clause
#include "limits/control_files.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "lib/text.hpp"

namespace libjail::limits {
namespace {

constexpr std::uint64_t kPeriod = 100000;  // microseconds, the kernel's default
constexpr std::uint64_t kPercent = 100;
constexpr const char* kMax = "max";

Setting memory_max(std::string text) {
  return {"memory", "memory.max", "CONFIG_MEMCG", std::move(text)};
}
Setting cpu_max(const std::string& quota) {
  return {"cpu", "cpu.max", "CONFIG_CFS_BANDWIDTH", quota + " " + std::to_string(kPeriod)};
}
Setting pids_max(std::string text) {
  return {"pids", "pids.max", "CONFIG_CGROUP_PIDS", std::move(text)};
}
Setting io_max(std::string text) {
  return {"io", kIoMax, "CONFIG_BLK_DEV_THROTTLING", std::move(text)};
}

std::string_view without_newline(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

std::string io_text(const std::string& device, const conf::IoLimit& limit) {
  std::string text = device;
  const auto add = [&text](const char* key, const std::optional<std::uint64_t>& value) {
    if (value) text += std::string(" ") + key + "=" + std::to_string(*value);
  };
  add("rbps", limit.rbps);
  add("wbps", limit.wbps);
  add("riops", limit.riops);
  add("wiops", limit.wiops);
  return text;
}

/// Calls take(key, value) for each KEY=VALUE after the first word of a line, which is returned.
template <class Take>
std::string read_device_line(std::string_view line, const Take& take) {
  const auto words = split(line, ' ');
  for (const auto word : words) {
    const auto sign = word.find('=');
    if (sign == std::string_view::npos) continue;
    if (const auto value = parse_number<std::uint64_t>(word.substr(sign + 1)); value) {
      take(word.substr(0, sign), *value);
    }
  }
  return std::string(words.front());
}

}  // namespace

Result<std::string> device_number(const std::string& device) {
  if (!device.starts_with('/')) return device;
  struct stat st {};
  if (::stat(device.c_str(), &st) < 0) return fail(errno, "limit.io: device " + device);
  if (!S_ISBLK(st.st_mode)) return fail(ENOTBLK, "limit.io: device " + device, "name a disk");
  return std::to_string(major(st.st_rdev)) + ":" + std::to_string(minor(st.st_rdev));
}

Result<std::vector<Setting>> settings_of(const conf::Limits& limits, const Lifted& lifted) {
  std::vector<Setting> settings;
  if (limits.memory) settings.push_back(memory_max(std::to_string(*limits.memory)));
  if (lifted.memory) settings.push_back(memory_max(kMax));
  if (limits.cpu) {
    const auto quota = static_cast<std::uint64_t>(*limits.cpu) * kPeriod / kPercent;
    settings.push_back(cpu_max(std::to_string(quota)));
  }
  if (lifted.cpu) settings.push_back(cpu_max(kMax));
  if (limits.pids) settings.push_back(pids_max(std::to_string(*limits.pids)));
  if (lifted.pids) settings.push_back(pids_max(kMax));
  for (const auto& limit : limits.io) {
    const auto device = device_number(limit.device);
    if (!device) return std::unexpected(device.error());
    settings.push_back(io_max(io_text(*device, limit)));
  }
  for (const auto& name : lifted.io) {
    const auto device = device_number(name);
    if (!device) return std::unexpected(device.error());
    settings.push_back(io_max(*device + kNoIoLimit));
  }
  return settings;
}

std::optional<std::uint64_t> parse_max(std::string_view text) {
  return parse_number<std::uint64_t>(without_newline(text));
}

std::optional<int> parse_cpu_max(std::string_view text) {
  const auto words = split(without_newline(text), ' ');
  const auto quota = parse_number<std::uint64_t>(words.front());
  const auto period = parse_number<std::uint64_t>(words.back());
  if (words.size() != 2 || !quota || !period || *period == 0) return {};
  if (*quota > std::numeric_limits<std::uint64_t>::max() / kPercent) return {};
  const auto percent = std::max<std::uint64_t>(*quota * kPercent / *period, 1);
  return static_cast<int>(std::min<std::uint64_t>(percent, std::numeric_limits<int>::max()));
}

std::vector<conf::IoLimit> parse_io_max(std::string_view text) {
  std::vector<conf::IoLimit> all;
  for (const auto line : split(without_newline(text), '\n')) {
    if (line.empty()) continue;
    conf::IoLimit limit;
    limit.device = read_device_line(line, [&limit](std::string_view key, std::uint64_t value) {
      if (key == "rbps") limit.rbps = value;
      if (key == "wbps") limit.wbps = value;
      if (key == "riops") limit.riops = value;
      if (key == "wiops") limit.wiops = value;
    });
    all.push_back(std::move(limit));
  }
  return all;
}

std::vector<IoUsage> parse_io_stat(std::string_view text) {
  std::vector<IoUsage> all;
  for (const auto line : split(without_newline(text), '\n')) {
    if (line.empty()) continue;
    IoUsage usage;
    usage.device = read_device_line(line, [&usage](std::string_view key, std::uint64_t value) {
      if (key == "rbytes") usage.rbytes = value;
      if (key == "wbytes") usage.wbytes = value;
      if (key == "rios") usage.rios = value;
      if (key == "wios") usage.wios = value;
    });
    all.push_back(std::move(usage));
  }
  return all;
}

std::optional<std::uint64_t> parse_keyed(std::string_view text, std::string_view key) {
  for (const auto line : split(text, '\n')) {
    const auto words = split(line, ' ');
    if (words.size() == 2 && words[0] == key) return parse_number<std::uint64_t>(words[1]);
  }
  return {};
}

}  // namespace libjail::limits
