#include "storage/metadata/transaction_limits.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"

#include <set>
#include <utility>

namespace trivium::storage {

namespace {

std::string quoted(std::string_view key) {
  constexpr size_t shown_bytes = 128;
  return "\"" + printable(key.substr(0, shown_bytes))
         + (key.size() > shown_bytes ? "…\"" : "\"");
}

expected<uint64_t> check_value(std::string_view key, std::string_view value) {
  if (value.size() > max_value_bytes)
    return fail(ec::invalid_argument,
                "value of " + quoted(key) + " has "
                  + std::to_string(value.size()) + " bytes; at most "
                  + std::to_string(max_value_bytes) + " are stored");
  return key.size() + value.size();
}

expected<uint64_t> check_operation(const operation& step) {
  if (const auto* gone = std::get_if<erase>(&step)) {
    TRIVIUM_CHECK(check_key(gone->key));
    return gone->key.size();
  }
  const auto& made = std::get<put>(step);
  TRIVIUM_CHECK(check_key(
    made.append_revision ? made.key + keys::revision_text(0) : made.key));
  return check_value(made.key, made.value);
}

/// A revision holds one value a key.
expected<uint64_t> check_branch(const std::vector<operation>& steps) {
  uint64_t bytes = 0;
  std::set<std::pair<std::string_view, bool>> seen;
  for (const auto& step : steps) {
    TRIVIUM_TRY(const auto size, check_operation(step));
    bytes += size;
    const auto* made = std::get_if<put>(&step);
    const std::string_view key =
      made != nullptr ? made->key : std::get<erase>(step).key;
    const auto appends = made != nullptr && made->append_revision;
    if (!seen.emplace(key, appends).second)
      return fail(ec::invalid_argument,
                  "transaction changes " + quoted(key) + " twice");
  }
  return bytes;
}

} // namespace

expected<void> check_key(std::string_view key) {
  if (key.empty() || key.size() > max_key_bytes)
    return fail(ec::invalid_argument,
                "key " + quoted(key) + " has " + std::to_string(key.size())
                  + " bytes; 1 to " + std::to_string(max_key_bytes)
                  + " are allowed");
  if (key.find('\0') != std::string_view::npos)
    return fail(ec::invalid_argument,
                "key " + quoted(key) + " holds a zero byte");
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
