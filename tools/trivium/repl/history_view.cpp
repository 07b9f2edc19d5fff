#include "tools/trivium/repl/history_view.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/repl/fitted_table.hpp"
#include "tools/trivium/repl/tree.hpp"

#include <map>
#include <set>

namespace trivium::tools::repl {

std::string history_text(const history_list& list, const screen& on) {
  fitted_table table{{{"revision", 5, true},
                      {"when", 7},
                      {"who", 4},
                      {"what", 9},
                      {"reason", 6}}};
  for (const auto& entry : list.entries)
    table.add({std::to_string(entry.at_revision),
               local_time(entry.at),
               printable(entry.subject),
               {printable(entry.what), tint::strong},
               printable(entry.reason)});
  return (list.is_cut ? "… and older ones, see --limit\n" : "")
         + table.text(on);
}

std::string lineage_text(const std::vector<lineage_entry>& found,
                         const screen& on) {
  // An artifact can stand under several names: it is a parent by its first.
  std::map<digest, uint64_t> numbers;
  std::vector<tree_node> nodes;
  for (const auto& entry : found)
    numbers.emplace(entry.artifact, numbers.size() + 1);
  uint64_t next = numbers.size();
  std::set<digest> named;
  for (const auto& entry : found) {
    const auto parent = numbers.find(entry.parent);
    const auto is_first = named.insert(entry.artifact).second;
    nodes.push_back({is_first ? numbers.at(entry.artifact) : ++next,
                     parent == numbers.end() ? 0 : parent->second});
  }

  fitted_table table{{{"artifact", 9},
                      {"of", 8},
                      {"state", 7},
                      {"verdict", 5},
                      {"aliases", 6},
                      {"from", 2},
                      {"when", 4},
                      {"by", 1}}};
  for (const auto& [index, branch] : tree_rows(nodes)) {
    const auto& entry = found[index];
    std::string aliases;
    for (const auto& alias : entry.aliases)
      aliases += (aliases.empty() ? "" : ", ") + printable(alias);
    const auto is_variant = !entry.recipe.empty();
    table.add({branch + abbreviated(entry.artifact),
               {to_string(entry.model) + " " + to_string(entry.version)
                  + (is_variant ? " " + printable(entry.recipe) : ""),
                tint::strong},
               state_cell(printable(entry.state)),
               is_variant ? to_string(entry.verdict) : "",
               aliases,
               printable(is_variant ? entry.job : entry.origin),
               local_time(entry.at),
               printable(entry.subject)});
  }
  return table.text(on);
}

} // namespace trivium::tools::repl
