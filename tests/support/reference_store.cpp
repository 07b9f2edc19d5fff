#include "tests/support/reference_store.hpp"

#include "messages/values/keys.hpp"
#include "storage/metadata/compaction.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <algorithm>
#include <set>

namespace trivium::test {

namespace {

constexpr uint64_t ns_per_ms = 1'000'000;

bool names_event(const std::string& key) {
  return key.starts_with(keys::events_prefix);
}

/// What stood at a revision, of all that became of a key.
const key_value* at_revision(const std::vector<change>& all, revision at) {
  const change* last = nullptr;
  for (const auto& one : all)
    if (one.after.modified <= at)
      last = &one;
  return last == nullptr || last->is_erase ? nullptr : &last->after;
}

uint64_t milliseconds_left(uint64_t deadline_ns, uint64_t now_ns) {
  return deadline_ns <= now_ns
           ? 0
           : (deadline_ns - now_ns + ns_per_ms - 1) / ns_per_ms;
}

} // namespace

reference_store::reference_store(std::shared_ptr<reference_state> state,
                                 storage::metadata_options options)
  : state_(std::move(state)), options_(std::move(options)) {
  if (state_->boot_id != options_.boot_id)
    for (auto& [id, lease] : state_->leases)
      lease.deadline_ns = options_.uptime_ns()
                          + std::max(lease.deadline_ns, state_->closed_at_ns)
                          - state_->closed_at_ns;
  state_->boot_id = options_.boot_id;
}

reference_store::~reference_store() {
  state_->closed_at_ns = options_.uptime_ns();
}

// --- writing -----------------------------------------------------------------

expected<std::vector<commit_result>>
reference_store::commit(std::span<const transaction> transactions) {
  for (const auto& txn : transactions)
    TRIVIUM_CHECK(storage::check_transaction(txn));
  const auto before = *state_;
  std::vector<commit_result> results;
  for (const auto& txn : transactions) {
    auto result = apply(txn);
    if (!result) {
      *state_ = before;
      return fail(result.error());
    }
    results.push_back(*result);
  }
  return results;
}

expected<commit_result> reference_store::apply(const transaction& txn) {
  commit_result result{
    std::all_of(txn.when.begin(), txn.when.end(),
                [this](const auto& one) { return holds(one); }),
    head()};
  const auto& steps = result.succeeded ? txn.then : txn.otherwise;
  for (const auto& step : steps)
    if (const auto* made = std::get_if<put>(&step))
      if (made->lease != 0 && made->lease != new_lease
          && !is_alive(made->lease)) {
        result.succeeded = false;
        result.lacks_lease = true;
        return result;
      }
  const auto at = head() + 1;
  for (const auto& step : steps)
    apply(step);
  for (const auto& step : steps)
    if (const auto* over = std::get_if<revoke_lease>(&step);
        over != nullptr && over->id < at)
      revoke(over->id);
  if (made_.empty())
    return result;
  std::set<std::string> changed;
  for (const auto& one : made_)
    if (!changed.insert(one.after.key).second) {
      made_.clear();
      return fail(ec::invalid_argument, "changed twice");
    }
  state_->log.push_back(std::exchange(made_, {}));
  state_->times.push_back(options_.now_ms());
  result.at = at;
  if (state_->leases.contains(at))
    result.lease = at;
  return result;
}

void reference_store::apply(const operation& step) {
  const auto at = head() + 1;
  if (const auto* made = std::get_if<put>(&step))
    record(made->append_revision ? made->key + keys::revision_text(at)
                                 : made->key,
           &made->value, made->lease == new_lease ? at : made->lease);
  if (const auto* gone = std::get_if<erase>(&step);
      gone != nullptr && standing(gone->key) != nullptr)
    record(gone->key, nullptr);
  if (const auto* granted = std::get_if<grant_lease>(&step)) {
    const auto ttl_ms = granted->ttl_ms;
    state_->leases[at] = {ttl_ms, options_.uptime_ns() + ttl_ms * ns_per_ms};
    const auto value = encode(storage::layout::lease_record{ttl_ms});
    record(keys::lease(at), &value);
  }
}

void reference_store::revoke(lease_id id) {
  if (state_->leases.erase(id) == 0)
    return;
  for (const auto& [key, all] : state_->keys) {
    const auto* now = standing(key);
    if (now != nullptr && (now->lease == id || key == keys::lease(id)))
      record(key, nullptr);
  }
}

/// A null value: erased.
void reference_store::record(const std::string& key, const std::string* value,
                             lease_id lease) {
  const auto at = head() + 1;
  const auto* before = standing(key);
  change made{{key, value ? *value : std::string{},
               before ? before->created : at, at,
               value == nullptr ? 0
               : before         ? before->version + 1
                                : 1,
               lease},
              value == nullptr};
  made_.push_back(made);
  state_->keys[key].push_back(std::move(made));
}

const key_value* reference_store::standing(const std::string& key) const {
  const auto found = state_->keys.find(key);
  return found == state_->keys.end() ? nullptr
                                     : at_revision(found->second, ~revision{0});
}

bool reference_store::holds(const compare& condition) const {
  const auto* now = standing(condition.key);
  switch (condition.kind) {
  case compare::what::exists:
    return now != nullptr;
  case compare::what::absent:
    return now == nullptr;
  case compare::what::modified_is:
    return (now ? now->modified : 0) == condition.modified;
  case compare::what::created_is:
    return (now ? now->created : 0) == condition.modified;
  case compare::what::value_is:
    return now != nullptr && now->value == condition.value;
  case compare::what::quiet_beneath:
    return std::none_of(
      state_->keys.begin(), state_->keys.end(), [&](const auto& one) {
        const auto* stands = standing(one.first);
        return stands != nullptr && one.first.starts_with(condition.key)
               && !names_event(one.first)
               && stands->modified > condition.modified;
      });
  case compare::what::attached_are:
    return now != nullptr && now->key.starts_with(keys::leases_prefix)
           && condition.modified
                == static_cast<uint64_t>(std::count_if(
                  state_->keys.begin(), state_->keys.end(),
                  [&](const auto& one) {
                    const auto* stands = standing(one.first);
                    return stands != nullptr && stands->lease != 0
                           && keys::lease(stands->lease) == condition.key;
                  }));
  }
  return false;
}

// --- forgetting --------------------------------------------------------------

expected<bool> reference_store::compact(revision before, size_t) {
  if (before > head())
    return fail(ec::invalid_argument, "still to come");
  state_->compacted = std::max(state_->compacted, before);
  for (auto& [key, all] : state_->keys) {
    if (storage::keeps_history(key))
      continue;
    // What another had replaced by then goes, and an erasing by then.
    const auto* stood = at_revision(all, before);
    std::erase_if(all, [&, at = stood ? stood->modified : 0](const auto& one) {
      return names_event(one.after.key)
               ? one.after.modified < before
               : one.after.modified <= before && one.after.modified != at;
    });
  }
  return true;
}

expected<revision> reference_store::revision_at(int64_t time) const {
  revision last = 0;
  while (last < head() && state_->times[last] <= time)
    ++last;
  if (state_->compacted > 0 && last < state_->compacted)
    return fail(ec::compacted, "before what is kept");
  return last;
}

// --- reading -----------------------------------------------------------------

expected<void> reference_store::check_kept(const std::string& key,
                                           revision at) const {
  if (at > head())
    return fail(ec::invalid_argument, "still to come");
  if (at != 0 && at < state_->compacted && !storage::keeps_history(key))
    return fail(ec::compacted, "revision " + std::to_string(at)
                                 + " is no longer kept; the oldest one is "
                                 + std::to_string(state_->compacted));
  return {};
}

expected<key_value> reference_store::get(const std::string& key,
                                         revision at) const {
  TRIVIUM_CHECK(storage::check_key(key));
  const auto* now = standing(key);
  const auto is_unchanged =
    now != nullptr && !names_event(key) && now->modified <= at && at <= head();
  if (!is_unchanged)
    TRIVIUM_CHECK(check_kept(key, at));
  const auto found = state_->keys.find(key);
  const auto* then = found == state_->keys.end()
                       ? nullptr
                       : at_revision(found->second, at == 0 ? head() : at);
  if (then == nullptr)
    return fail(ec::not_found, "no such key");
  return *then;
}

expected<std::vector<key_value>>
reference_store::range(const std::string& prefix, revision at, size_t limit,
                       const std::string& after) const {
  TRIVIUM_CHECK(check_kept(prefix, at));
  std::vector<key_value> found;
  for (const auto& [key, all] : state_->keys) {
    const auto* then = at_revision(all, at == 0 ? head() : at);
    if (then != nullptr && key.starts_with(prefix) && key > after
        && (limit == 0 || found.size() < limit))
      found.push_back(*then);
  }
  return found;
}

expected<std::vector<change>>
reference_store::history(const std::string& key) const {
  TRIVIUM_CHECK(storage::check_key(key));
  const auto found = state_->keys.find(key);
  return found == state_->keys.end() ? std::vector<change>{} : found->second;
}

expected<std::vector<change>>
reference_store::histories(const std::string& prefix) const {
  std::vector<change> found;
  for (const auto& [key, all] : state_->keys)
    if (key.starts_with(prefix) && !names_event(key))
      found.insert(found.end(), all.begin(), all.end());
  return found;
}

expected<std::vector<change>> reference_store::changes(revision from,
                                                       size_t limit) const {
  if (state_->compacted > 0 && from <= state_->compacted)
    return fail(ec::compacted, "no longer kept");
  std::vector<change> found;
  for (auto at = std::max<revision>(from, 1); at <= head() && limit > 0;
       ++at, --limit)
    found.insert(found.end(), state_->log[at - 1].begin(),
                 state_->log[at - 1].end());
  return found;
}

// --- leases ------------------------------------------------------------------

bool reference_store::is_alive(lease_id id) const {
  const auto found = state_->leases.find(id);
  return found != state_->leases.end()
         && options_.uptime_ns() < found->second.deadline_ns;
}

expected<storage::lease_state> reference_store::lease(lease_id id) const {
  const auto found = state_->leases.find(id);
  if (found == state_->leases.end())
    return fail(ec::not_found, "no such lease");
  const auto& [ttl_ms, deadline_ns] = found->second;
  storage::lease_state told{
    ttl_ms, milliseconds_left(deadline_ns, options_.uptime_ns()), {}};
  for (const auto& [key, all] : state_->keys)
    if (const auto* now = standing(key); now != nullptr && now->lease == id)
      told.keys.push_back(key);
  return told;
}

std::chrono::milliseconds reference_store::lease_remaining(lease_id id) const {
  const auto found = lease(id);
  return std::chrono::milliseconds{found ? found->remaining_ms : 0};
}

expected<uint64_t> reference_store::keep_alive(lease_id id) {
  if (!is_alive(id))
    return fail(ec::not_found, "no such lease");
  auto& lease = state_->leases.at(id);
  lease.deadline_ns = options_.uptime_ns() + lease.ttl_ms * ns_per_ms;
  return lease.ttl_ms;
}

std::vector<lease_id> reference_store::expired(size_t limit) const {
  std::vector<std::pair<uint64_t, lease_id>> over;
  for (const auto& [id, lease] : state_->leases)
    if (lease.deadline_ns <= options_.uptime_ns())
      over.emplace_back(lease.deadline_ns, id);
  std::sort(over.begin(), over.end());
  std::vector<lease_id> ids;
  for (const auto& [deadline, id] : over)
    if (ids.size() < limit)
      ids.push_back(id);
  return ids;
}

std::optional<std::chrono::milliseconds>
reference_store::next_deadline() const {
  std::optional<uint64_t> next;
  for (const auto& [id, lease] : state_->leases)
    next = std::min(next.value_or(~uint64_t{0}), lease.deadline_ns);
  if (!next)
    return std::nullopt;
  return std::chrono::milliseconds{
    milliseconds_left(*next, options_.uptime_ns())};
}

} // namespace trivium::test
