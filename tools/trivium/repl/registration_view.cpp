#include "tools/trivium/repl/registration_view.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/repl/facts.hpp"
#include "tools/trivium/repl/fitted_table.hpp"

#include <map>

namespace trivium::tools::repl {

namespace {

std::string time_text(std::chrono::milliseconds time) {
  return human_seconds(static_cast<double>(time.count()) / 1000);
}

std::string lease_text(const registered_version& found) {
  return found.lease == 0 ? "for ever" : std::to_string(found.lease);
}

} // namespace

std::string registrations_text(const std::vector<registered_version>& found,
                               const screen& on) {
  fitted_table table{{{"model", 9},
                      {"version", 8},
                      {"lease", 6, true},
                      {"left", 7, true},
                      {"storage", 5},
                      {"revision", 3, true},
                      {"by", 1}}};
  for (const auto& one : found)
    table.add({{to_string(one.version.model), tint::strong},
               to_string(one.version.version),
               lease_text(one),
               one.lease == 0 ? "" : time_text(one.lease_remaining),
               printable(one.version.storage_uri),
               std::to_string(one.modified),
               printable(one.version.subject)});
  return table.text(on);
}

std::vector<held_lease>
leases_of(const std::vector<registered_version>& found) {
  std::map<lease_id, held_lease> leases;
  for (const auto& one : found) {
    if (one.lease == 0)
      continue;
    auto& lease = leases[one.lease];
    lease.id = one.lease;
    lease.ttl_seconds = one.ttl_seconds;
    lease.remaining = one.lease_remaining;
    lease.models.push_back(one.version.model);
  }
  std::vector<held_lease> all;
  for (auto& [id, lease] : leases)
    all.push_back(std::move(lease));
  return all;
}

std::string leases_text(const std::vector<held_lease>& leases,
                        const screen& on) {
  fitted_table table{
    {{"lease", 9, true}, {"left", 8, true}, {"holds", 5, true}, {"models", 6}}};
  for (const auto& lease : leases) {
    std::string names;
    for (const auto& model : lease.models)
      names += (names.empty() ? "" : ", ") + to_string(model);
    table.add({{std::to_string(lease.id), tint::strong},
               time_text(lease.remaining),
               std::to_string(lease.models.size()),
               names});
  }
  return table.text(on);
}

std::string alias_text(const registered_version& found, const screen& on) {
  if (!found.alias)
    return {};
  const auto& alias = *found.alias;
  facts about;
  about.add("version", to_string(alias.version));
  about.add("recipe", alias.recipe_digest.is_set()
                        ? to_string(alias.recipe_digest)
                        : "none, the version's own files");
  about.add("weight", std::to_string(alias.weight) + " %");
  about.add("artifact",
            alias.artifact.is_set() ? to_string(alias.artifact) : "");
  about.add("storage", printable(found.version.storage_uri));
  about.add("revision", std::to_string(found.alias_modified));
  about.add("moved",
            local_time(alias.moved_at) + ", " + printable(alias.subject));
  about.add("reason", printable(alias.reason));
  return painted(to_string(alias.model) + "@" + printable(alias.alias),
                 tint::strong, on)
         + "\n" + about.text();
}

std::string event_text(const event_record& event, const screen& on) {
  const auto about = event.model.model.empty()
                       ? std::string{}
                       : to_string(event.model) + " " + event.version;
  return std::to_string(event.revision) + "  " + local_time(event.at) + "  "
         + painted(to_string(event.kind), tint::strong, on) + "  "
         + printable(about) + (event.what.empty() ? "" : "  ")
         + printable(event.what) + "  by " + printable(event.subject) + "\n";
}

} // namespace trivium::tools::repl
