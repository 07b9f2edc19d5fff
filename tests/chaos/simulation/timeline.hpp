#pragma once

#include "messages/values/records.hpp"
#include "tests/chaos/simulation/operation.hpp"
#include "tests/support/reference_store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trivium::test {

/// What a store held at each of its revisions, from its log.
class timeline {
public:
  explicit timeline(const reference_state& state) : state_(state) {}

  [[nodiscard]] revision head() const { return state_.log.size(); }
  [[nodiscard]] const std::vector<change>& changes(revision at) const {
    return state_.log.at(at - 1);
  }
  [[nodiscard]] int64_t time(revision at) const {
    return state_.times.at(at - 1);
  }

  /// Null where the key did not stand.
  [[nodiscard]] const key_value* find(const std::string& key,
                                      revision at) const;
  /// Those that stood below the prefix.
  [[nodiscard]] std::vector<const key_value*> below(const std::string& prefix,
                                                    revision at) const;

  [[nodiscard]] std::optional<registration_record>
  registration(const model_ref& model, revision at) const;
  [[nodiscard]] std::optional<version_record>
  version(const model_ref& model, const semver& version, revision at) const;
  [[nodiscard]] std::optional<alias_record> alias(const alias_ref& alias,
                                                  revision at) const;
  [[nodiscard]] std::vector<version_record> versions(const model_ref& model,
                                                     revision at) const;
  [[nodiscard]] std::vector<alias_record> aliases(const model_ref& model,
                                                  revision at) const;
  [[nodiscard]] std::vector<event_record> events(revision at) const;

private:
  const reference_state& state_;
};

/// Of one of these names, all of which are good.
[[nodiscard]] std::string registration_key(const model_ref& model);
[[nodiscard]] std::string version_key(const model_ref& model,
                                      const semver& version);
[[nodiscard]] std::string alias_key(const alias_ref& alias);

} // namespace trivium::test
