#include "storage/metadata/transaction_limits.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace trivium::storage {

namespace {

std::string in_quotes(std::string_view key) {
  constexpr size_t shown_bytes = 128;
  return "\"" + printable(key.substr(0, shown_bytes))
         + (key.size() > shown_bytes ? "…\"" : "\"");
}

expected<uint64_t> check_value(std::string_view key, std::string_view value) {
  if (value.size() > max_value_bytes)
    return fail(ec::invalid_argument,
                "value of " + in_quotes(key) + " has "
                  + std::to_string(value.size()) + " bytes; at most "
                  + std::to_string(max_value_bytes) + " are stored");
  return key.size() + value.size();
}

/// Events and leases have keys that only the engine makes and takes away.
expected<void> check_owned(std::string_view key) {
  for (const auto prefix : {keys::events_prefix, keys::leases_prefix})
    if (key.starts_with(prefix))
      return fail(ec::invalid_argument, in_quotes(key) + ": keys below \""
                                          + std::string{prefix}
                                          + "\" are the store's own");
  return {};
}

bool is_event(const put& made) {
  return made.key == keys::events_prefix && made.append_revision;
}

expected<uint64_t> check_put(const put& made) {
  TRIVIUM_CHECK(check_key(
    made.append_revision ? made.key + keys::revision_text(0) : made.key));
  if (!is_event(made)) {
    TRIVIUM_CHECK(check_owned(made.key));
  } else if (made.lease != 0) {
    return fail(ec::invalid_argument, "an event outlives every lease");
  }
  return check_value(made.key, made.value);
}

expected<uint64_t> check_erase(const erase& gone) {
  TRIVIUM_CHECK(check_key(gone.key));
  TRIVIUM_CHECK(check_owned(gone.key));
  return gone.key.size();
}

expected<uint64_t> check_grant(const grant_lease& granted) {
  if (granted.ttl_ms == 0 || granted.ttl_ms > max_lease_ttl_ms)
    return fail(ec::invalid_argument,
                "lease of " + std::to_string(granted.ttl_ms) + " ms; 1 to "
                  + std::to_string(max_lease_ttl_ms) + " are granted");
  return keys::lease(0).size();
}

expected<uint64_t> check_operation(const operation& step) {
  if (const auto* made = std::get_if<put>(&step))
    return check_put(*made);
  if (const auto* gone = std::get_if<erase>(&step))
    return check_erase(*gone);
  if (const auto* granted = std::get_if<grant_lease>(&step))
    return check_grant(*granted);
  return keys::lease(0).size();
}

/// One grant at most, no lease revoked twice or while a key is attached to it.
expected<void> check_leases(const std::vector<operation>& steps) {
  size_t granted = 0;
  std::set<lease_id> revoked;
  for (const auto& step : steps) {
    granted += std::holds_alternative<grant_lease>(step) ? 1 : 0;
    const auto* over = std::get_if<revoke_lease>(&step);
    if (over != nullptr && !revoked.insert(over->id).second)
      return fail(ec::invalid_argument, "transaction revokes lease "
                                          + std::to_string(over->id)
                                          + " twice");
  }
  if (granted > 1)
    return fail(ec::invalid_argument, "transaction grants more than one lease");
  for (const auto& step : steps) {
    const auto* made = std::get_if<put>(&step);
    if (made == nullptr || made->lease == 0)
      continue;
    if (made->lease == new_lease && granted == 0)
      return fail(ec::invalid_argument,
                  in_quotes(made->key)
                    + ": transaction grants no lease for it");
    if (revoked.contains(made->lease))
      return fail(ec::invalid_argument,
                  in_quotes(made->key) + ": transaction revokes its lease");
  }
  return {};
}

/// A revision holds one value a key.
expected<uint64_t> check_branch(const std::vector<operation>& steps) {
  uint64_t bytes = 0;
  std::vector<std::pair<std::string_view, bool>> changed;
  changed.reserve(steps.size());
  for (const auto& step : steps) {
    TRIVIUM_TRY(const auto size, check_operation(step));
    bytes += size;
    if (const auto* made = std::get_if<put>(&step))
      changed.emplace_back(made->key, made->append_revision);
    else if (const auto* gone = std::get_if<erase>(&step))
      changed.emplace_back(gone->key, false);
  }
  std::sort(changed.begin(), changed.end());
  const auto twice = std::adjacent_find(changed.begin(), changed.end());
  if (twice != changed.end())
    return fail(ec::invalid_argument,
                "transaction changes " + in_quotes(twice->first) + " twice");
  TRIVIUM_CHECK(check_leases(steps));
  return bytes;
}

} // namespace

expected<void> check_key(std::string_view key) {
  if (key.empty() || key.size() > max_key_bytes)
    return fail(ec::invalid_argument,
                "key " + in_quotes(key) + " has " + std::to_string(key.size())
                  + " bytes; 1 to " + std::to_string(max_key_bytes)
                  + " are allowed");
  if (key.find('\0') != std::string_view::npos)
    return fail(ec::invalid_argument,
                "key " + in_quotes(key) + " holds a zero byte");
  return {};
}

expected<uint64_t> check_transaction(const transaction& txn) {
  const auto steps = txn.when.size() + txn.then.size() + txn.otherwise.size();
  if (steps > max_transaction_steps)
    return fail(ec::invalid_argument,
                "transaction has " + std::to_string(steps) + " steps; at most "
                  + std::to_string(max_transaction_steps) + " are allowed");
  uint64_t bytes = 0;
  for (const auto& condition : txn.when) {
    TRIVIUM_CHECK(check_key(condition.key));
    TRIVIUM_TRY(const auto size, check_value(condition.key, condition.value));
    bytes += size;
  }
  for (const auto* branch : {&txn.then, &txn.otherwise}) {
    TRIVIUM_TRY(const auto size, check_branch(*branch));
    bytes += size;
  }
  if (bytes > max_transaction_bytes)
    return fail(ec::invalid_argument,
                "transaction has " + std::to_string(bytes) + " bytes; at most "
                  + std::to_string(max_transaction_bytes) + " are allowed");
  return bytes;
}

} // namespace trivium::storage
