// SPDX-License-Identifier: BSD-2-Clause
#include "jail/capmask.hpp"

#include <sys/capability.h>

#include <cerrno>
#include <optional>

#include "lib/text.hpp"

namespace libjail {
namespace {

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

// The kernel's own list; the guest tests prove it equal.
constexpr std::uint64_t kUnsafe =
    bit(CAP_DAC_READ_SEARCH) | bit(CAP_LINUX_IMMUTABLE) | bit(CAP_NET_ADMIN) | bit(CAP_SYS_MODULE) |
    bit(CAP_SYS_RAWIO) | bit(CAP_SYS_PTRACE) | bit(CAP_SYS_PACCT) | bit(CAP_SYS_ADMIN) |
    bit(CAP_SYS_BOOT) | bit(CAP_SYS_TIME) | bit(CAP_MKNOD) | bit(CAP_AUDIT_CONTROL) |
    bit(CAP_MAC_OVERRIDE) | bit(CAP_MAC_ADMIN) | bit(CAP_SYSLOG) | bit(CAP_WAKE_ALARM) |
    bit(CAP_BLOCK_SUSPEND) | bit(CAP_AUDIT_READ) | bit(CAP_PERFMON) | bit(CAP_BPF) |
    bit(CAP_CHECKPOINT_RESTORE);

constexpr const char* kForms =
    "give 0xMASK, none, default, all, names such as chown,kill, or changes to the default such as "
    "+net_raw,-setpcap";

std::string quoted(std::string_view text) { return "capmask \"" + std::string(text) + "\""; }

std::string name_of(cap_value_t value) {
  char* name = cap_to_name(value);
  std::string copy = name != nullptr ? name : "";
  cap_free(name);
  return copy;
}

std::optional<std::uint64_t> mask_of_name(std::string_view name) {
  std::string full = "cap_";
  for (const char c : name) full += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  if (full.starts_with("cap_cap_")) full.erase(0, 4);
  cap_value_t value{};
  // The library takes a name that only begins as one, so it has to come back the same.
  if (cap_from_name(full.c_str(), &value) != 0 || name_of(value) != full) return {};
  return bit(value);
}

Result<std::uint64_t> parse_hex(std::string_view text) {
  const auto mask = parse_number<std::uint64_t>(text.substr(2), 16);
  if (!mask) return fail(EINVAL, quoted(text) + " is no hexadecimal number of 64 bits");
  if (const auto unknown = *mask & ~known_capabilities(); unknown != 0) {
    return fail(EINVAL, quoted(text) + " has bits that name no capability of this kernel: " +
                            format_capmask(unknown));
  }
  return *mask;
}

Result<std::uint64_t> parse_list(std::string_view text) {
  const auto is_change = [](std::string_view item) {
    return !item.empty() && (item.front() == '+' || item.front() == '-');
  };
  const bool changes = is_change(text);
  std::uint64_t mask = changes ? kDefaultCeiling : 0;
  for (const auto item : split(text, ',')) {
    if (item.empty()) return fail(EINVAL, quoted(text) + " has an empty item", kForms);
    if (is_change(item) != changes) {
      return fail(EINVAL, quoted(text) + " mixes names and changes", kForms);
    }
    const auto name = changes ? item.substr(1) : item;
    const auto capability = mask_of_name(name);
    if (!capability) {
      return fail(EINVAL, quoted(text) + ": no capability \"" + std::string(name) + "\"", kForms);
    }
    if (item.front() == '-') {
      mask &= ~*capability;
    } else {
      mask |= *capability;
    }
  }
  return mask;
}

}  // namespace

std::uint64_t unsafe_capabilities() { return kUnsafe; }

std::uint64_t known_capabilities() {
  const int bits = cap_max_bits();
  return bits >= 64 ? ~std::uint64_t{0} : bit(bits) - 1;
}

Result<std::uint64_t> parse_capmask(std::string_view text) {
  if (text == "none") return std::uint64_t{0};
  if (text == "default") return kDefaultCeiling;
  if (text == "all") return known_capabilities();
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_hex(text);
  if (parse_number<std::uint64_t>(text)) {
    return fail(EINVAL, quoted(text) + " is ambiguous", "write a mask as 0x… in hexadecimal");
  }
  return parse_list(text);
}

std::string format_capmask(std::uint64_t mask) {
  if (mask == 0) return "none";
  std::string text;
  for (int i = 0; i < 64; ++i) {
    if ((mask & bit(i)) == 0) continue;
    if (!text.empty()) text += ',';
    const std::string name = i < cap_max_bits() ? name_of(i) : std::string();
    text += name.starts_with("cap_") ? name.substr(4) : std::to_string(i);
  }
  return text;
}

}  // namespace libjail
