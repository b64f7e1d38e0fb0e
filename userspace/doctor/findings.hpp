// SPDX-License-Identifier: BSD-2-Clause
// What the checks put their findings into.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "doctor/doctor.hpp"

namespace libjail::doctor {

/// The most that are told of one kind: whoever fills a root directory shall not fill our memory.
inline constexpr int kMostOfAKind = 100;

class Collector {
 public:
  void add(Finding finding) {
    if (++counts_[finding.id] <= kMostOfAKind) report_.findings.push_back(std::move(finding));
  }
  void gap(Error error) { report_.gaps.push_back(std::move(error)); }

  /// The report, with a word on what was too much for it.
  [[nodiscard]] Report take() {
    for (const auto& [id, count] : counts_) {
      if (count > kMostOfAKind) {
        gap({.what = std::to_string(count - kMostOfAKind) + " more findings " + id,
             .remedy = "mend these first, and look again"});
      }
    }
    return std::move(report_);
  }

 private:
  Report report_;
  std::map<std::string, int> counts_;
};

}  // namespace libjail::doctor
