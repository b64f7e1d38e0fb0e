// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/limits_change.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "lib/conf/quantities.hpp"
#include "lib/text.hpp"

namespace jailctl {
namespace {

using libjail::fail;
using libjail::Result;

constexpr const char* kForms = "memory=512M, cpu=50%, pids=64, 'io=8:0 rbps=20M'; max is no limit";

Result<int> parse_pids(std::string_view text) {
  const auto number = libjail::parse_number<int>(text);
  if (!number || *number < 1) {
    return fail(0, "\"" + std::string(text) + "\" is no number of processes", "give 1 or more");
  }
  return *number;
}

/// Takes a value, or "max"; once.
template <class T, class Parse>
Result<void> take(const std::string& word, std::string_view value, std::optional<T>& limit,
                  bool& lifted, const Parse& parse) {
  if (limit || lifted) return fail(0, word + ": given twice");
  if (value == "max") {
    lifted = true;
    return {};
  }
  const auto parsed = parse(value);
  if (!parsed) return std::unexpected(parsed.error());
  limit = *parsed;
  return {};
}

Result<void> take_io(LimitsChange& change, const std::string& word, std::string_view value) {
  const bool lift = value.ends_with(" max");
  if (lift) {
    // What is said of the device is checked as that of a limit is.
    value.remove_suffix(std::string_view(" max").size());
  }
  const std::string text(value);
  auto limit = libjail::conf::parse_io_limit(lift ? text + " rbps=1" : text);
  if (!limit) return std::unexpected(limit.error());
  const bool twice =
      std::ranges::count(change.lifted.io, limit->device) > 0 ||
      std::ranges::count(change.limits.io, limit->device, &libjail::conf::IoLimit::device) > 0;
  if (twice) return fail(0, word + ": given twice");
  if (lift) {
    change.lifted.io.push_back(limit->device);
  } else {
    change.limits.io.push_back(*std::move(limit));
  }
  return {};
}

}  // namespace

Result<LimitsChange> parse_limits_change(const std::vector<std::string>& words) {
  LimitsChange change;
  for (const auto& word : words) {
    const auto sign = word.find('=');
    const auto name = std::string_view(word).substr(0, sign);
    const auto value =
        sign == std::string::npos ? std::string_view() : std::string_view(word).substr(sign + 1);
    Result<void> taken;
    if (sign == std::string::npos) {
      taken = fail(0, "\"" + word + "\" is no limit", kForms);
    } else if (name == "memory") {
      taken =
          take(word, value, change.limits.memory, change.lifted.memory, libjail::conf::parse_size);
    } else if (name == "cpu") {
      taken = take(word, value, change.limits.cpu, change.lifted.cpu, libjail::conf::parse_percent);
    } else if (name == "pids") {
      taken = take(word, value, change.limits.pids, change.lifted.pids, parse_pids);
    } else if (name == "io") {
      taken = take_io(change, word, value);
    } else {
      taken = fail(0, "\"" + std::string(name) + "\" cannot be limited", kForms);
    }
    if (!taken) return std::unexpected(taken.error());
  }
  return change;
}

}  // namespace jailctl
