// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/bpf_object.hpp"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace monitor {
namespace {

/// The first warning since the last failure, which tells most; the rest follows from it.
std::string& first_warning() {
  static std::string warning;
  return warning;
}

int keep(libbpf_print_level level, const char* format, std::va_list arguments) {
  if (level != LIBBPF_WARN || !first_warning().empty()) return 0;
  std::array<char, 512> text{};
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  if (length <= 0) return 0;
  first_warning() = text.data();
  first_warning().erase(first_warning().find_last_not_of('\n') + 1);
  if (const auto newline = first_warning().find('\n'); newline != std::string::npos) {
    first_warning().resize(newline);
  }
  return 0;
}

}  // namespace

void keep_bpf_messages() {
  first_warning().clear();
  static_cast<void>(::libbpf_set_print(keep));
}

libjail::Error bpf_failure(int code, const std::string& what) {
  code = std::abs(code);
  libjail::Error error{.code = code, .what = what, .remedy = std::exchange(first_warning(), {})};
  if (code == EPERM) error.remedy = "run as root, outside of any jail";
  return error;
}

}  // namespace monitor
