// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/exhibit.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/load.hpp"
#include "jail/conf/resolve.hpp"

namespace jail_tool {
namespace {

namespace conf = libjail::conf;

void add(cli::Stop& stop, const libjail::Error& error) {
  stop.err += "jail: " + error.text() + "\n";
  stop.status = EXIT_FAILURE;
}

}  // namespace

cli::Stop exhibit(libjail::Kernel& kernel, const Exhibit& request) {
  cli::Stop stop;
  const auto document = conf::load(kernel, request.file);
  if (!document) {
    add(stop, document.error());
    return stop;
  }
  const auto jails = conf::resolve(*document);
  if (!jails) {
    for (const auto& error : jails.error()) add(stop, error);
    return stop;
  }
  std::vector<conf::JailConfig> configs;
  for (const auto& jail : *jails) {
    stop.out += conf::format_settings(jail, request.separator) + "\n";
    auto config = conf::make_config(jail);
    if (!config) {
      for (const auto& error : config.error()) add(stop, error);
      continue;
    }
    for (const auto& notice : config->notices) {
      if (request.verbosity == cli::Verbosity::kQuiet) break;
      stop.err += "jail: " + notice.error.text() + "\n";
    }
    configs.push_back(std::move(*config));
  }
  // One that is missing for its own mistakes would be told of a second time.
  if (configs.size() < jails->size()) return stop;
  if (const auto order = conf::start_order(std::move(configs)); !order) add(stop, order.error());
  return stop;
}

}  // namespace jail_tool
