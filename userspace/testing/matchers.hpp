// SPDX-License-Identifier: BSD-2-Clause
// Matchers for results: EXPECT_THAT(result, IsOk()), IsError(ENOENT), FailsWith("part of text").
#pragma once

#include <gmock/gmock.h>

#include <string>

namespace libjail::testing {

MATCHER(IsOk, "is a value") {
  if (!arg) *result_listener << arg.error().text();
  return arg.has_value();
}

MATCHER_P(IsError, code, "is an error with that errno") {
  if (!arg) *result_listener << arg.error().text();
  return !arg && arg.error().code == code;
}

MATCHER_P(FailsWith, part, "is an error whose text has that part") {
  if (!arg) *result_listener << arg.error().text();
  return !arg && arg.error().text().find(part) != std::string::npos;
}

MATCHER_P(HasValue, value, "is that value") {
  if (!arg) {
    *result_listener << arg.error().text();
    return false;
  }
  return *arg == value;
}

}  // namespace libjail::testing
