#include "storage/metadata/pending_commit.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/metadata/event_keys.hpp"

#include <algorithm>
#include <array>

namespace trivium::storage {

namespace {

tl::unexpected<error> changed_twice(std::string_view key) {
  return fail(ec::invalid_argument,
              "transaction changes \"" + printable(key) + "\" twice");
}

} // namespace

expected<commit_result> pending_commit::apply(const transaction& txn) {
  commit_result result{true, head_};
  for (const auto& condition : txn.when) {
    TRIVIUM_TRY(const auto is_met, holds(condition));
    result.succeeded = result.succeeded && is_met;
  }
  const auto& steps = result.succeeded ? txn.then : txn.otherwise;
  if (!std::all_of(steps.begin(), steps.end(),
                   [this](const auto& step) { return has_lease(step); })) {
    result.succeeded = false;
    result.lacks_lease = true;
    return result;
  }
  applied_ = changes_.size();
  // A lease is there before any of its keys is attached.
  for (const auto& step : steps)
    if (const auto* granted = std::get_if<grant_lease>(&step)) {
      result.lease = head_ + 1;
      lease_steps_.push_back(
        {lease_step::what::grant, result.lease, granted->ttl_ms, {}});
    }
  for (const auto& step : steps)
    TRIVIUM_CHECK(apply(step));
  for (const auto& step : steps)
    if (const auto* over = std::get_if<revoke_lease>(&step))
      apply_revoke(over->id);
  if (changes_.size() == applied_)
    return result;
  result.at = ++head_;
  write_change(std::span{changes_}.subspan(applied_));
  return result;
}

rocksdb::WriteBatch pending_commit::take_batch() {
  if (changes_.empty())
    return std::move(batch_);
  // In the order that the table has them in: each insert finds its place near
  // the one before it.
  std::vector<const made_change*> values;
  values.reserve(changes_.size());
  for (const auto& made : changes_)
    if (!is_event(made.after->key()))
      values.push_back(&made);
  std::sort(values.begin(), values.end(), [](const auto* a, const auto* b) {
    const auto order = a->after->key().compare(b->after->key());
    return order < 0
           || (order == 0 && a->after->modified() < b->after->modified());
  });
  for (const auto* made : values)
    write_value(*made);
  batch_.Put(rocksdb::Slice{layout::head_key}, layout::encode_number(head_));
  return std::move(batch_);
}

expected<bool> pending_commit::holds(const compare& condition) {
  entry_ptr event;
  if (is_event(condition.key)) {
    TRIVIUM_TRY(event, find_event(condition.key));
  }
  const auto* found = event ? event.get() : next_.find(condition.key);
  switch (condition.kind) {
  case compare::what::exists:
    return found != nullptr;
  case compare::what::absent:
    return found == nullptr;
  case compare::what::modified_is:
    return (found ? found->modified() : 0) == condition.modified;
  case compare::what::created_is:
    return (found ? found->created() : 0) == condition.modified;
  case compare::what::value_is:
    return found != nullptr && found->value() == condition.value;
  case compare::what::quiet_beneath:
    return is_quiet_beneath(condition.key, condition.modified);
  case compare::what::attached_are:
    return found != nullptr && found->key().starts_with(keys::leases_prefix)
           && attached_to(found->modified()).size() == condition.modified;
  }
  return fail(ec::invalid_argument, "transaction: unknown kind of comparison");
}

bool pending_commit::is_quiet_beneath(std::string_view prefix,
                                      revision since) const {
  auto is_quiet = true;
  next_.visit(prefix, [&](const image_entry& entry) {
    is_quiet = entry.modified() <= since;
    return is_quiet;
  });
  return is_quiet;
}

std::vector<entry_ptr> pending_commit::attached_to(lease_id id) const {
  auto keys = leases_.keys(id);
  const auto added = attached_.find(id);
  if (added != attached_.end())
    keys.insert(keys.end(), added->second.begin(), added->second.end());
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return a->key() < b->key(); });
  keys.erase(std::unique(keys.begin(), keys.end(),
                         [](const auto& a, const auto& b) {
                           return a->key() == b->key();
                         }),
             keys.end());
  std::erase_if(keys, [&](const auto& one) {
    const auto* now = next_.find(one->key());
    return now == nullptr || now->lease() != id;
  });
  return keys;
}

expected<entry_ptr> pending_commit::find_event(const std::string& key) const {
  const auto at = revision_of_event(key);
  if (at <= base_)
    return events_(key);
  auto made = std::partition_point(
    changes_.begin(), changes_.end(),
    [&](const auto& one) { return one.after->modified() < at; });
  for (; made != changes_.end() && made->after->modified() == at; ++made)
    if (made->after->key() == key)
      return made->after;
  return nullptr;
}

bool pending_commit::has_lease(const operation& step) const {
  const auto* made = std::get_if<put>(&step);
  if (made == nullptr || made->lease == 0 || made->lease == new_lease)
    return true;
  return next_.find(keys::lease(made->lease)) != nullptr
         && (made->lease > base_ || leases_.is_alive(made->lease));
}

expected<void> pending_commit::apply(const operation& step) {
  if (const auto* made = std::get_if<put>(&step))
    return apply_put(*made);
  if (const auto* gone = std::get_if<erase>(&step))
    return apply_erase(gone->key);
  if (const auto* granted = std::get_if<grant_lease>(&step))
    put_entry(nullptr, keys::lease(head_ + 1),
              encode(layout::lease_record{granted->ttl_ms}), 0);
  return {};
}

expected<void> pending_commit::apply_put(const put& step) {
  const auto at = head_ + 1;
  const auto lease = step.lease == new_lease ? at : step.lease;
  if (!step.append_revision) {
    const auto* before = next_.find(step.key);
    if (before != nullptr && before->modified() == at)
      return changed_twice(step.key);
    put_entry(before, step.key, step.value, lease);
    return {};
  }
  if (is_event(step.key)) {
    put_event(step.value);
    return {};
  }
  const auto key = step.key + keys::revision_text(at);
  if (std::any_of(changes_.begin() + static_cast<ptrdiff_t>(applied_),
                  changes_.end(),
                  [&](const auto& made) { return made.after->key() == key; }))
    return changed_twice(key);
  put_entry(next_.find(key), key, step.value, lease);
  return {};
}

expected<void> pending_commit::apply_erase(const std::string& key) {
  const auto* before = next_.find(key);
  if (before == nullptr)
    return {};
  if (before->modified() == head_ + 1)
    return changed_twice(key);
  erase_entry(*before);
  return {};
}

void pending_commit::apply_revoke(lease_id id) {
  const auto own = keys::lease(id);
  if (id > head_ || next_.find(own) == nullptr)
    return;
  auto gone = attached_to(id);
  gone.push_back(entry_ptr{next_.find(own)});
  std::sort(gone.begin(), gone.end(),
            [](const auto& a, const auto& b) { return a->key() < b->key(); });
  for (const auto& key : gone)
    erase_entry(*next_.find(key->key()));
  lease_steps_.push_back({lease_step::what::revoke, id, 0, {}});
}

void pending_commit::put_event(const std::string& value) {
  const auto at = head_ + 1;
  changes_.push_back(
    {image_entry::make(entry_fields{keys::event(at), value, at, at, 1, 0}),
     false});
}

void pending_commit::put_entry(const image_entry* before, std::string_view key,
                               std::string_view value, lease_id lease) {
  const auto at = head_ + 1;
  const auto entry = image_entry::make(
    entry_fields{key, value, before ? before->created() : at, at,
                 before ? before->version() + 1 : 1, lease});
  if (before != nullptr && before->lease() != 0 && before->lease() != lease)
    lease_steps_.push_back(
      {lease_step::what::detach, before->lease(), 0, entry_ptr{before}});
  if (lease != 0) {
    lease_steps_.push_back({lease_step::what::attach, lease, 0, entry});
    attached_[lease].push_back(entry);
  }
  changes_.push_back({entry, false});
  next_.put(entry);
}

void pending_commit::erase_entry(const image_entry& before) {
  if (before.lease() != 0)
    lease_steps_.push_back(
      {lease_step::what::detach, before.lease(), 0, entry_ptr{&before}});
  changes_.push_back({image_entry::make(entry_fields{
                        before.key(), {}, before.created(), head_ + 1, 0, 0}),
                      true});
  next_.erase(before.key());
}

void pending_commit::write_change(std::span<const made_change> changes) {
  using layout::changed_key;
  record_.committed_at = now_ms_;
  record_.keys.clear();
  for (const auto& [after, is_erase] : changes)
    if (is_event(after->key()))
      record_.keys.push_back({changed_key::what::event, {}, after->value()});
    else
      record_.keys.push_back(
        {is_erase ? changed_key::what::erased : changed_key::what::put,
         after->key(),
         {}});
  batch_.Put(database_.changes(), layout::change_key(head_), encode(record_));
}

void pending_commit::write_value(const made_change& made) {
  const auto& after = *made.after;
  const auto suffix = layout::value_suffix(after.modified());
  const auto head = layout::encode_head(
    {made.is_erase, after.created(), after.version(), after.lease(), {}});
  const std::array<rocksdb::Slice, 3> key{
    rocksdb::Slice{&layout::value_space, 1}, rocksdb::Slice{after.key()},
    rocksdb::Slice{suffix.data(), suffix.size()}};
  const std::array<rocksdb::Slice, 2> value{
    rocksdb::Slice{head.data(), head.size()}, rocksdb::Slice{after.value()}};
  batch_.Put(rocksdb::SliceParts{key.data(), static_cast<int>(key.size())},
             rocksdb::SliceParts{value.data(), static_cast<int>(value.size())});
}

} // namespace trivium::storage
