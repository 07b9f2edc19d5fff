#include "storage/metadata/lease_table.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/metadata/record_layout.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

constexpr uint64_t ns_per_ms = 1'000'000;

tl::unexpected<error> no_such_lease(lease_id id) {
  return fail(ec::not_found, "no lease " + std::to_string(id));
}

/// Rounded up: who waits that long finds it over.
uint64_t milliseconds_until(uint64_t deadline_ns, uint64_t now_ns) {
  return deadline_ns <= now_ns
           ? 0
           : (deadline_ns - now_ns + ns_per_ms - 1) / ns_per_ms;
}

/// What the file says about the lease, but never more than its ttl.
uint64_t stored_deadline(lease_id id, uint64_t ttl_ms, uint64_t now_ns,
                         std::span<const lease_deadline> stored) {
  const auto whole = now_ns + ttl_ms * ns_per_ms;
  const auto found = std::lower_bound(
    stored.begin(), stored.end(), id,
    [](const lease_deadline& one, lease_id wanted) { return one.id < wanted; });
  return found == stored.end() || found->id != id
           ? whole
           : std::min(found->at_ns, whole);
}

} // namespace

expected<std::unique_ptr<lease_table>>
lease_table::load(const image& now, const std::filesystem::path& path,
                  const std::string& boot_id, clock uptime_ns) {
  const auto now_ns = uptime_ns();
  const auto stored = lease_file::read(path, boot_id, now_ns);
  std::unique_ptr<lease_table> table{
    new lease_table{path, boot_id, std::move(uptime_ns)}};
  expected<void> result;
  std::vector<const image_entry*> attached;
  now.visit({}, {}, [&](const image_entry& one) {
    if (one.lease() != 0)
      attached.push_back(&one);
    if (!one.key().starts_with(keys::leases_prefix))
      return true;
    const auto record = layout::decode_lease(one.value());
    if (!record) {
      result = fail(record.error());
      return false;
    }
    const auto id = one.modified();
    table->add(id, record->ttl_ms,
               stored_deadline(id, record->ttl_ms, now_ns, stored));
    return true;
  });
  TRIVIUM_CHECK(result);
  TRIVIUM_CHECK(table->attach(std::move(attached)));
  table->file_.start(table->deadlines());
  lease_file::slot slot = 0;
  for (auto& lease : table->by_id_)
    lease.slot = table->file_.holds(slot) ? slot++ : lease_file::no_slot;
  table->is_loaded_ = true;
  return table;
}

expected<void> lease_table::attach(std::vector<const image_entry*> attached) {
  // By leases, so that each is looked up near the one before; their keys stay
  // in byte order.
  std::stable_sort(
    attached.begin(), attached.end(),
    [](const auto* a, const auto* b) { return a->lease() < b->lease(); });
  auto holder = by_id_.begin();
  for (const auto* one : attached) {
    while (holder != by_id_.end() && holder->id < one->lease())
      ++holder;
    if (holder == by_id_.end() || holder->id != one->lease())
      return fail(ec::data_loss,
                  "\"" + printable(one->key()) + "\" is attached to lease "
                    + std::to_string(one->lease()) + ", which is not there");
    holder->keys.put(entry_ptr{one});
  }
  return {};
}

lease_table::lease_table(const std::filesystem::path& path,
                         const std::string& boot_id, clock uptime_ns)
  : uptime_ns_(std::move(uptime_ns)), file_(path, boot_id) {}

lease_table::~lease_table() {
  if (is_loaded_)
    file_.close(deadlines(), uptime_ns_());
  by_deadline_.clear();
  by_id_.clear_and_dispose(std::default_delete<entry>{});
}

void lease_table::apply(std::span<const lease_step> steps) {
  if (steps.empty())
    return;
  const std::lock_guard locked{mutex_};
  const auto now_ns = uptime_ns_();
  for (const auto& step : steps)
    apply(step, now_ns);
}

void lease_table::apply(const lease_step& step, uint64_t now_ns) {
  switch (step.kind) {
  case lease_step::what::grant: {
    auto& made = add(step.id, step.ttl_ms, now_ns + step.ttl_ms * ns_per_ms);
    made.slot = file_.add({made.id, made.deadline_ns});
    return;
  }
  case lease_step::what::attach:
    return by_id_.find(step.id)->keys.put(step.key);
  case lease_step::what::detach:
    return by_id_.find(step.id)->keys.erase(step.key->key());
  case lease_step::what::revoke:
    return remove(step.id);
  }
}

lease_table::entry& lease_table::add(lease_id id, uint64_t ttl_ms,
                                     uint64_t deadline_ns) {
  auto made = std::make_unique<entry>();
  made->id = id;
  made->ttl_ms = ttl_ms;
  made->deadline_ns = deadline_ns;
  by_deadline_.insert(by_deadline_.end(), *made);
  // Ids grow: a new one is the last.
  return *by_id_.insert(by_id_.end(), *made.release());
}

void lease_table::remove(lease_id id) {
  const auto found = by_id_.find(id);
  by_deadline_.erase(by_deadline_.iterator_to(*found));
  file_.remove(found->slot);
  by_id_.erase_and_dispose(found, std::default_delete<entry>{});
}

std::vector<lease_deadline> lease_table::deadlines() const {
  std::vector<lease_deadline> all;
  all.reserve(by_id_.size());
  for (const auto& lease : by_id_)
    all.push_back({lease.id, lease.deadline_ns});
  return all;
}

bool lease_table::is_alive(lease_id id) const {
  const std::lock_guard locked{mutex_};
  const auto found = by_id_.find(id);
  return found != by_id_.end() && uptime_ns_() < found->deadline_ns;
}

std::vector<entry_ptr> lease_table::keys(lease_id id) const {
  const std::lock_guard locked{mutex_};
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    return {};
  const auto all = found->keys.all();
  return {all.begin(), all.end()};
}

expected<lease_state> lease_table::lease(lease_id id) const {
  lease_state state;
  std::vector<entry_ptr> keys;
  {
    const std::lock_guard locked{mutex_};
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
      return no_such_lease(id);
    state.ttl_ms = found->ttl_ms;
    state.remaining_ms = milliseconds_until(found->deadline_ns, uptime_ns_());
    const auto all = found->keys.all();
    keys.assign(all.begin(), all.end());
  }
  state.keys.reserve(keys.size());
  for (const auto& key : keys)
    state.keys.emplace_back(key->key());
  return state;
}

std::chrono::milliseconds lease_table::remaining(lease_id id) const {
  const std::lock_guard locked{mutex_};
  const auto found = by_id_.find(id);
  return std::chrono::milliseconds{
    found == by_id_.end()
      ? 0
      : milliseconds_until(found->deadline_ns, uptime_ns_())};
}

expected<uint64_t> lease_table::keep_alive(lease_id id) {
  const std::lock_guard locked{mutex_};
  const auto found = by_id_.find(id);
  const auto now_ns = uptime_ns_();
  if (found == by_id_.end() || found->deadline_ns <= now_ns)
    return no_such_lease(id);
  auto& lease = *found;
  by_deadline_.erase(by_deadline_.iterator_to(lease));
  lease.deadline_ns = now_ns + lease.ttl_ms * ns_per_ms;
  by_deadline_.insert(by_deadline_.end(), lease);
  file_.set(lease.slot, {id, lease.deadline_ns});
  return lease.ttl_ms;
}

std::vector<lease_id> lease_table::expired(size_t limit) const {
  const std::lock_guard locked{mutex_};
  const auto now_ns = uptime_ns_();
  std::vector<lease_id> found;
  for (const auto& lease : by_deadline_) {
    if (lease.deadline_ns > now_ns || found.size() == limit)
      break;
    found.push_back(lease.id);
  }
  return found;
}

std::optional<std::chrono::milliseconds> lease_table::next_deadline() const {
  const std::lock_guard locked{mutex_};
  if (by_deadline_.empty())
    return std::nullopt;
  return std::chrono::milliseconds{
    milliseconds_until(by_deadline_.begin()->deadline_ns, uptime_ns_())};
}

} // namespace trivium::storage
