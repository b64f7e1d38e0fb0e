// SPDX-License-Identifier: BSD-2-Clause
// libFuzzer's way into jail.conf(5): every text ends in values or errors, and what is printed is
// read back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/syntax.hpp"

namespace conf = libjail::conf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = conf::parse({reinterpret_cast<const char*>(data), size}, "input");
  if (!document) return 0;
  const auto again = conf::parse(conf::print(*document), "printed");
  if (!again || *again != *document) std::abort();
  const auto jails = conf::resolve(*document);
  if (!jails) return 0;
  std::vector<conf::JailConfig> configs;
  for (const auto& jail : *jails) {
    auto config = conf::make_config(jail);
    if (config) configs.push_back(std::move(*config));
  }
  static_cast<void>(conf::start_order(std::move(configs)));
  return 0;
}
