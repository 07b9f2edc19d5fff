#include "storage/metadata/pending_commit.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"

namespace trivium::storage {

expected<commit_result> pending_commit::apply(const transaction& txn) {
  commit_result result{true, head_};
  for (const auto& condition : txn.when) {
    TRIVIUM_TRY(const auto is_met, holds(condition));
    result.succeeded = result.succeeded && is_met;
  }
  layout::change_record changes{now_ms_, {}};
  for (const auto& step : result.succeeded ? txn.then : txn.otherwise) {
    if (const auto* made = std::get_if<put>(&step)) {
      TRIVIUM_CHECK(apply_put(*made, changes));
    } else {
      TRIVIUM_CHECK(apply_erase(std::get<erase>(step), changes));
    }
  }
  if (changes.keys.empty())
    return result;
  result.at = ++head_;
  batch_.Put(layout::change_key(head_), encode(changes));
  return result;
}

void pending_commit::for_each_change(
  const std::function<void(const std::string&, const key_state&)>& f) const {
  for (const auto& [key, state] : known_)
    if (state.entry.modified > base_)
      f(key, state);
}

rocksdb::WriteBatch pending_commit::take() {
  if (batch_.Count() > 0)
    batch_.Put(rocksdb::Slice{layout::head_key}, layout::encode_number(head_));
  return std::move(batch_);
}

expected<const key_state*> pending_commit::find(const std::string& key) {
  auto found = known_.find(key);
  if (found == known_.end()) {
    TRIVIUM_TRY(auto state, stored_(key));
    found = known_.emplace(key, std::move(state)).first;
  }
  return &found->second;
}

expected<bool> pending_commit::holds(const compare& condition) {
  TRIVIUM_TRY(const auto* const state, find(condition.key));
  const auto exists = !state->entry.is_erased;
  switch (condition.kind) {
  case compare::what::exists:
    return exists;
  case compare::what::absent:
    return !exists;
  case compare::what::modified_is:
    return (exists ? state->entry.modified : 0) == condition.modified;
  case compare::what::value_is:
    return exists && state->value == condition.value;
  }
  return fail(ec::invalid_argument, "transaction: unknown kind of comparison");
}

expected<void> pending_commit::apply_put(const put& step,
                                         layout::change_record& changes) {
  const auto key =
    step.append_revision ? step.key + keys::revision_text(head_ + 1) : step.key;
  TRIVIUM_TRY(const auto* const before, find(key));
  if (before->entry.modified == head_ + 1)
    return fail(ec::invalid_argument,
                "transaction changes \"" + printable(key) + "\" twice");
  const auto is_new = before->entry.is_erased;
  record(key,
         {{is_new ? head_ + 1 : before->entry.created, head_ + 1,
           is_new ? 1 : before->entry.version + 1, false},
          step.value},
         changes);
  return {};
}

expected<void> pending_commit::apply_erase(const erase& step,
                                           layout::change_record& changes) {
  TRIVIUM_TRY(const auto* const before, find(step.key));
  if (before->entry.is_erased)
    return {};
  if (before->entry.modified == head_ + 1)
    return fail(ec::invalid_argument,
                "transaction changes \"" + printable(step.key) + "\" twice");
  record(step.key, {{before->entry.created, head_ + 1, 0, true}, {}}, changes);
  return {};
}

void pending_commit::record(const std::string& key, key_state after,
                            layout::change_record& changes) {
  const auto& entry = after.entry;
  batch_.Put(layout::value_key(key, entry.modified),
             encode(layout::value_record{entry.is_erased, entry.created,
                                         entry.version, after.value}));
  batch_.Put(layout::index_key(key), encode(entry));
  changes.keys.push_back({entry.is_erased, key});
  known_.insert_or_assign(key, std::move(after));
}

} // namespace trivium::storage
