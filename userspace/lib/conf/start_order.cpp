// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "jail/conf/config.hpp"

namespace libjail::conf {
namespace {

struct Graph {
  std::vector<std::vector<std::size_t>> needed_by;
  std::vector<std::size_t> needs;  ///< how many
};

Result<Graph> make_graph(const std::vector<JailConfig>& jails) {
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < jails.size(); ++i) index.emplace(jails[i].name, i);
  Graph graph{.needed_by = std::vector<std::vector<std::size_t>>(jails.size()),
              .needs = std::vector<std::size_t>(jails.size())};
  for (std::size_t i = 0; i < jails.size(); ++i) {
    std::set<std::size_t> seen;
    for (const auto& dependency : jails[i].depend) {
      const auto found = index.find(dependency.name);
      if (found == index.end()) {
        return fail_at(dependency.position, "jail \"" + jails[i].name + "\" depends on \"" +
                                                dependency.name + "\", which is not defined");
      }
      if (!seen.insert(found->second).second) continue;
      graph.needed_by[found->second].push_back(i);
      ++graph.needs[i];
    }
  }
  return graph;
}

/// One circle among the jails that are left over.
Error circle(const std::vector<JailConfig>& jails, const std::vector<std::size_t>& needs) {
  std::map<std::string_view, std::size_t> left;
  for (std::size_t i = 0; i < jails.size(); ++i) {
    if (needs[i] != 0) left.emplace(jails[i].name, i);
  }
  // Each of them depends on one of them, so that following the first comes back.
  std::vector<std::size_t> chain;
  std::set<std::size_t> seen;
  std::size_t at = left.begin()->second;
  while (seen.insert(at).second) {
    chain.push_back(at);
    const auto next = std::ranges::find_if(jails[at].depend, [&left](const Dependency& dependency) {
      return left.contains(dependency.name);
    });
    at = left.at(next->name);
  }
  std::string text;
  for (auto i = std::ranges::find(chain, at); i != chain.end(); ++i) {
    text += "\"" + jails[*i].name + "\" needs ";
  }
  return error_at(jails[at].position,
                  "jails depend on each other: " + text + "\"" + jails[at].name + "\"");
}

}  // namespace

Result<std::vector<JailConfig>> start_order(std::vector<JailConfig> jails) {
  auto graph = make_graph(jails);
  if (!graph) return std::unexpected(graph.error());
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < jails.size(); ++i) {
    if (graph->needs[i] == 0) ready.insert(i);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (const std::size_t other : graph->needed_by[next]) {
      if (--graph->needs[other] == 0) ready.insert(other);
    }
  }
  if (order.size() < jails.size()) return std::unexpected(circle(jails, graph->needs));
  std::vector<JailConfig> sorted;
  sorted.reserve(jails.size());
  for (const std::size_t i : order) sorted.push_back(std::move(jails[i]));
  return sorted;
}

}  // namespace libjail::conf
