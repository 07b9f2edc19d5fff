#include "actors/registry/lease_end.hpp"

#include "actors/registry/book_steps.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

namespace {

/// Keys that go in one transaction.
constexpr size_t most_keys = 64;

} // namespace

expected<std::vector<lease_end_step>>
lease_end(const storage::metadata_store& store, lease_id lease,
          const envelope& from, const std::string& why, unix_ms now) {
  TRIVIUM_TRY(const auto state, store.lease(lease));
  std::vector<lease_end_step> steps(1);
  for (const auto& key : state.keys) {
    const auto stored = store.get(key);
    if (!stored && stored.error().code == ec::not_found)
      continue; // gone meanwhile
    if (!stored)
      return fail(stored.error());
    const auto is_registration = keys::is_registration(key);
    if (steps.back().change.when.size() == most_keys
        || (is_registration && steps.back().released > 0))
      steps.emplace_back();
    auto& [change, released] = steps.back();
    change.when.push_back(unchanged(key, stored->modified));
    change.then.emplace_back(erase{key});
    if (!is_registration)
      continue; // goes without a word
    TRIVIUM_TRY(const auto record, storage::decode_registration(stored->value));
    change.then.emplace_back(
      event_put(event_of(event_kind::registration_expired, record.model,
                         record.version, why, from, now)));
    ++released;
  }
  auto& last = steps.back().change;
  compare holds_no_more;
  holds_no_more.key = keys::lease(lease);
  holds_no_more.kind = compare::what::attached_are;
  holds_no_more.modified = last.when.size();
  last.when.push_back(std::move(holds_no_more));
  last.then.emplace_back(revoke_lease{lease});
  return steps;
}

} // namespace trivium::actors
