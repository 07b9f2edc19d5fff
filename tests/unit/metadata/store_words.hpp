#pragma once

#include "storage/metadata/metadata_store.hpp"
#include "tests/support/expected_checks.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trivium::test {

/// The short words in which tests of a store are told.
struct store_words {
  std::unique_ptr<storage::metadata_store> store;

  commit_result commit(const transaction& txn) {
    return must(store->commit({&txn, 1})).front();
  }

  revision set(const std::string& key, const std::string& value) {
    return commit({{}, {put{key, value}}, {}}).at;
  }

  revision drop(const std::string& key) {
    return commit({{}, {erase{key}}, {}}).at;
  }

  /// The value, or nothing where there is no such key.
  std::optional<std::string> value(const std::string& key,
                                   revision at = 0) const {
    auto found = store->get(key, at);
    if (!found && found.error().code == ec::not_found)
      return std::nullopt;
    return must(std::move(found)).value;
  }

  /// The keys under `prefix`, joined by blanks.
  std::string keys(const std::string& prefix, revision at = 0,
                   size_t limit = 100) const {
    std::string joined;
    for (const auto& found : must(store->range(prefix, at, limit)))
      joined += (joined.empty() ? "" : " ") + found.key;
    return joined;
  }
};

/// "1 a=x, 2 a erased"
inline std::string told(const std::vector<change>& changes) {
  std::string text;
  for (const auto& [after, is_erase] : changes)
    text += (text.empty() ? "" : ", ") + std::to_string(after.modified) + " "
            + after.key + (is_erase ? " erased" : "=" + after.value);
  return text;
}

} // namespace trivium::test
