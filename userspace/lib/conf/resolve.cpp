// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/resolve.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "jail/name.hpp"
#include "lib/text.hpp"

namespace libjail::conf {
namespace {

using Errors = std::vector<Error>;

constexpr const char* kTooLarge = "the jails of the configuration take more than 64 MiB";
static_assert(kMaxResolvedSize == std::size_t{64} << 20);

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool is_wildcard(std::string_view name) {
  return std::ranges::any_of(split(name, '.'), [](std::string_view part) { return part == "*"; });
}

bool takes_list(const Parameter& parameter) { return parameter.type == Parameter::Type::kList; }

// --- what is wrong whatever the jail -------------------------------------------------------------

void check_parameter(const Statement& statement, Errors& errors) {
  const auto found = find_parameter(statement.name);
  if (!found) {
    const std::string nearest = nearest_parameter(statement.name);
    errors.push_back(error_at(
        statement.position, "unknown parameter " + quoted(statement.name),
        nearest.empty() ? "jail.conf(5) lists them" : "did you mean " + quoted(nearest) + "?"));
    return;
  }
  const auto& parameter = *found->parameter;
  if (parameter.name == "name") {
    errors.push_back(error_at(statement.position, "\"name\" cannot be set",
                              "the name of a jail stands before its '{'"));
  } else if (!takes_list(parameter) && statement.append) {
    errors.push_back(
        error_at(statement.position, quoted(statement.name) + " takes no list: '+=' adds to one"));
  } else if (!takes_list(parameter) && statement.values.size() > 1) {
    errors.push_back(error_at(statement.values[1].position,
                              quoted(statement.name) + " takes one value, not a list"));
  }
}

void check_variable(const Statement& statement, Errors& errors) {
  if (find_parameter(statement.name)) {
    errors.push_back(error_at(statement.position, "variable " + quoted("$" + statement.name) +
                                                      " cannot have the same name as a parameter"));
  } else if (statement.values.empty()) {
    errors.push_back(
        error_at(statement.position, "variable " + quoted("$" + statement.name) + " has no value"));
  }
}

void check(const Statement& statement, Errors& errors) {
  if (statement.variable) {
    check_variable(statement, errors);
  } else {
    check_parameter(statement, errors);
  }
}

void check_names(const Document& document, Errors& errors) {
  std::map<std::string_view, const Position*> seen;
  for (const auto& item : document.items) {
    if (const auto* statement = std::get_if<Statement>(&item)) check(*statement, errors);
    if (const auto* include = std::get_if<Include>(&item)) {
      errors.push_back(error_at(include->position, "the file is not included", "load() does it"));
    }
    const auto* block = std::get_if<Block>(&item);
    if (block == nullptr) continue;
    for (const auto& statement : block->statements) check(statement, errors);
    if (is_wildcard(block->name)) continue;
    if (const auto name = parse_name(block->name); !name) {
      Error error = name.error();
      error.what = block->position.text() + ": " + error.what;
      errors.push_back(std::move(error));
    }
    const auto [first, is_new] = seen.emplace(block->name, &block->position);
    if (!is_new) {
      errors.push_back(error_at(block->position,
                                "jail " + quoted(block->name) + " is defined a second time",
                                "the first is at " + first->second->text()));
    }
  }
}

// --- one jail ------------------------------------------------------------------------------------

/// How much all jails together may still grow, so that a small file cannot fill the memory.
class Budget {
 public:
  /// @return whether there was as much left
  [[nodiscard]] bool take(std::size_t size) {
    constexpr std::size_t kOverhead = 64;  // of what is kept with each string
    size += kOverhead;
    if (size > left_) return false;
    left_ -= size;
    return true;
  }

 private:
  std::size_t left_ = kMaxResolvedSize;
};

/// A parameter or variable with what it was set to, before and after variables are replaced.
struct Entry {
  const Parameter* parameter = nullptr;  ///< none for a variable
  bool negated = false;
  std::vector<Word> words{};
  std::vector<Value> values{};
  Position position{};
  enum class State { kNew, kOpen, kDone } state = State::kNew;
};

class Resolver {
 public:
  Resolver(const Block& block, Budget& budget) : block_(block), budget_(budget) {
    const Word name{.pieces = {{.text = block.name}}, .position = block.position};
    set({.name = "name", .values = {name}, .position = block.position});
  }

  /// Overrides or adds to what was set before.
  void set(const Statement& statement);
  void set(const std::vector<Statement>& statements) {
    for (const auto& statement : statements) set(statement);
  }
  /// Replaces the variables.
  Result<JailSettings> finish();

 private:
  using Key = std::string;

  Result<void> resolve(Entry& entry, std::vector<const Key*>& chain);
  Result<void> resolve(Entry& entry, const Word& word, std::vector<const Key*>& chain);
  /// What the variable stands for.
  Result<const std::vector<Value>*> look_up(const std::string& name, const Position& position,
                                            std::vector<const Key*>& chain);
  Result<void> grow(std::size_t size, const Position& position);

  const Block& block_;
  Budget& budget_;
  bool exhausted_ = false;
  std::map<Key, Entry, std::less<>> entries_;
  std::vector<const Key*> order_;
};

Result<void> Resolver::grow(std::size_t size, const Position& position) {
  if (budget_.take(size)) return {};
  return fail_at(position, kTooLarge);
}

void Resolver::set(const Statement& statement) {
  std::size_t size = 0;
  for (const auto& word : statement.values) {
    for (const auto& piece : word.pieces) size += piece.text.size();
  }
  if (exhausted_ || !budget_.take(size)) {
    exhausted_ = true;
    return;
  }
  const auto found = statement.variable ? std::nullopt : find_parameter(statement.name);
  const std::string key = found ? std::string(found->parameter->name) : statement.name;
  auto [at, is_new] = entries_.try_emplace(key);
  if (is_new) order_.push_back(&at->first);
  Entry& entry = at->second;
  entry.parameter = found ? found->parameter : nullptr;
  entry.negated = found && found->negated;
  entry.position = statement.position;
  if (!statement.append) entry.words.clear();
  entry.words.insert(entry.words.end(), statement.values.begin(), statement.values.end());
}

Result<const std::vector<Value>*> Resolver::look_up(const std::string& name,
                                                    const Position& position,
                                                    std::vector<const Key*>& chain) {
  const auto at = entries_.find(name);
  if (at == entries_.end() || at->second.words.empty()) {
    return fail_at(position,
                   "variable " + quoted("$" + name) + " is not set in jail " + quoted(block_.name));
  }
  Entry& entry = at->second;
  if (entry.state == Entry::State::kOpen) {
    const auto first =
        std::ranges::find_if(chain, [&at](const Key* key) { return *key == at->first; });
    std::string loop;
    for (auto key = first; key != chain.end(); ++key) loop += "$" + **key + " needs ";
    return fail_at(position, "loop of variables: " + loop + "$" + name);
  }
  if (entry.state == Entry::State::kNew) {
    if (chain.size() >= kMaxVariableDepth) {
      return fail_at(position, "more than " + std::to_string(kMaxVariableDepth) +
                                   " variables stand in each other");
    }
    chain.push_back(&at->first);
    auto done = resolve(entry, chain);
    chain.pop_back();
    if (!done) return std::unexpected(done.error());
  }
  return &entry.values;
}

Result<void> Resolver::resolve(Entry& entry, const Word& word, std::vector<const Key*>& chain) {
  Value value{.text = {}, .position = word.position};
  for (const auto& piece : word.pieces) {
    if (!piece.variable) {
      value.text += piece.text;
      continue;
    }
    const auto values = look_up(piece.text, word.position, chain);
    if (!values) return std::unexpected(values.error());
    if ((*values)->size() != 1) {
      if (word.pieces.size() != 1) {
        return fail_at(word.position, "variable " + quoted("$" + piece.text) +
                                          " is a list and cannot be part of a string");
      }
      for (const auto& item : **values) {
        if (auto done = grow(item.text.size(), word.position); !done) return done;
        entry.values.push_back({.text = item.text, .position = word.position});
      }
      return {};
    }
    const std::string& text = (*values)->front().text;
    if (auto done = grow(text.size(), word.position); !done) return done;
    value.text += text;
  }
  if (auto done = grow(value.text.size(), word.position); !done) return done;
  entry.values.push_back(std::move(value));
  return {};
}

Result<void> Resolver::resolve(Entry& entry, std::vector<const Key*>& chain) {
  entry.state = Entry::State::kOpen;
  for (const auto& word : entry.words) {
    if (auto done = resolve(entry, word, chain); !done) return done;
  }
  entry.state = Entry::State::kDone;
  if (entry.parameter != nullptr && !takes_list(*entry.parameter) && entry.values.size() > 1) {
    return fail_at(entry.values[1].position,
                   quoted(entry.parameter->name) + " takes one value, not a list");
  }
  return {};
}

Result<JailSettings> Resolver::finish() {
  if (exhausted_) return fail_at(block_.position, kTooLarge);
  JailSettings jail{.name = block_.name, .settings = {}, .position = block_.position};
  for (const auto* key : order_) {
    Entry& entry = entries_.find(*key)->second;
    if (entry.state == Entry::State::kNew) {
      std::vector<const Key*> chain{key};
      if (auto done = resolve(entry, chain); !done) return std::unexpected(done.error());
    }
    if (entry.parameter == nullptr) continue;
    jail.settings.push_back({.parameter = entry.parameter,
                             .negated = entry.negated,
                             .values = entry.values,
                             .position = entry.position});
  }
  return jail;
}

/// The statements outside of blocks and the wildcards: what many jails may share.
std::vector<std::size_t> shared_items(const Document& document) {
  std::vector<std::size_t> shared;
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    const auto* block = std::get_if<Block>(&document.items[i]);
    if (block == nullptr || is_wildcard(block->name)) shared.push_back(i);
  }
  return shared;
}

/// The jail whose block is the item @p own, from all that stands in the file for it, in its order.
Result<JailSettings> resolve_jail(const Document& document, std::size_t own,
                                  const std::vector<std::size_t>& shared, Budget& budget) {
  const auto& block = std::get<Block>(document.items[own]);
  Resolver resolver(block, budget);
  bool done = false;
  for (const std::size_t index : shared) {
    if (index > own && !done) {
      resolver.set(block.statements);
      done = true;
    }
    if (const auto* statement = std::get_if<Statement>(&document.items[index])) {
      resolver.set(*statement);
    } else if (!budget.take(0)) {
      return fail_at(block.position, kTooLarge);
    } else if (const auto& wildcard = std::get<Block>(document.items[index]);
               matches_wildcard(block.name, wildcard.name)) {
      resolver.set(wildcard.statements);
    }
  }
  if (!done) resolver.set(block.statements);
  return resolver.finish();
}

}  // namespace

const Setting* JailSettings::find(std::string_view parameter) const {
  const auto found = std::ranges::find_if(settings, [parameter](const Setting& setting) {
    return setting.parameter->name == parameter;
  });
  return found == settings.end() ? nullptr : &*found;
}

bool matches_wildcard(std::string_view name, std::string_view wildcard) {
  const auto names = split(name, '.');
  const auto parts = split(wildcard, '.');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i >= names.size()) return false;
    const bool last = i + 1 == parts.size();
    if (parts[i] == "*") {
      if (last) return true;
    } else if (parts[i] != names[i] || (last && i + 1 != names.size())) {
      return false;
    }
  }
  return true;
}

Checked<std::vector<JailSettings>> resolve(const Document& document) {
  Errors errors;
  check_names(document, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  std::vector<JailSettings> jails;
  Budget budget;
  const auto shared = shared_items(document);
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    const auto* block = std::get_if<Block>(&document.items[i]);
    if (block == nullptr || is_wildcard(block->name)) continue;
    auto jail = resolve_jail(document, i, shared, budget);
    if (jail) {
      jails.push_back(std::move(*jail));
    } else {
      errors.push_back(std::move(jail.error()));
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return jails;
}

std::string format_settings(const JailSettings& jail, std::string_view separator) {
  std::string text;
  for (const auto& setting : jail.settings) {
    if (!text.empty()) text += separator;
    std::string name(setting.parameter->name);
    if (setting.negated) name.insert(name.rfind('.') + 1, "no");
    text += name;
    for (std::size_t i = 0; i < setting.values.size(); ++i) {
      text += i == 0 ? '=' : ',';
      const std::string& value = setting.values[i].text;
      text += print(Word{.pieces = value.empty() ? std::vector<Piece>{}
                                                 : std::vector<Piece>{{.text = value}}});
    }
  }
  return text;
}

}  // namespace libjail::conf
