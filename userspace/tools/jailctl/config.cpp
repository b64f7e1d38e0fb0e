// SPDX-License-Identifier: BSD-2-Clause
// jailctl config: what is configured for a jail, and where it is written.
#include "tools/jailctl/config.hpp"

#include <unistd.h>

#include <memory>

#include "tools/jailctl/configured.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {
namespace {

namespace conf = libjail::conf;

struct Arguments {
  std::string name;
  std::string file;
  bool json = false;
};

std::string place_of(const conf::Setting& setting, const conf::Value* value) {
  const auto& position = value != nullptr ? value->position : setting.position;
  return position.file ? *position.file + ":" + std::to_string(position.line) : "";
}

/// A line for each value.
void add(Table& table, const conf::Setting& setting) {
  const std::string name(setting.parameter->name);
  if (setting.values.empty()) {
    table.rows.push_back({name, setting.negated ? "false" : "true", place_of(setting, nullptr)});
  }
  for (const auto& value : setting.values) {
    table.rows.push_back({name, value.text, place_of(setting, &value)});
  }
}

int report(const Context& context, const std::vector<libjail::Error>& errors) {
  for (const auto& error : errors) context.messages.error(error.text());
  return kFailure;
}

int run(const Context& context, const Arguments& arguments) {
  const auto found = find_configured(context, arguments.file, arguments.name);
  if (!found) return report(context, found.error());
  const std::optional<conf::JailSettings>& settings = *found;
  if (!settings) {
    context.messages.error(arguments.name + ": not in jail.conf(5)");
    return kFailure;
  }
  Table table{.columns = {{"PARAMETER"}, {"VALUE"}, {"WHERE"}}};
  for (const auto& setting : settings->settings) add(table, setting);
  const auto text = arguments.json ? to_json({{"parameters", table}}) : to_text(table);
  if (!context.messages.output(text)) return kFailure;
  const auto config = conf::make_config(*settings);
  if (!config) return report(context, config.error());
  for (const auto& notice : config->notices) context.messages.warning(notice.error.text());
  return kOk;
}

}  // namespace

Subcommand config_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {
      .name = "config",
      .summary = "Show what is configured for a jail, and where",
      .operands = {{.name = "NAME",
                    .help = "Of the jail",
                    .take = [arguments](const std::string& value) { arguments->name = value; }}},
      .options = {file_option(arguments->file), json_option(arguments->json)},
      .run = [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace jailctl
