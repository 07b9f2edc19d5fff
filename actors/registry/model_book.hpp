#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace trivium::actors {

/// What a command comes to: the answer, and what must be durable before it is
/// given. `change.then` is empty when nothing needs to be written.
template <class Answer>
struct book_step {
  Answer answer;
  transaction change;
  std::vector<event_record> events;
};

/// One model's versions, variants and aliases as they are stored, and the
/// rules that change them. No clock, no actor, no disk: the caller commits
/// `change` and then calls `committed`.
class model_book {
public:
  explicit model_book(model_ref model) : model_(std::move(model)) {}

  [[nodiscard]] const model_ref& model() const { return model_; }

  /// Takes in stored keys below the model's prefix. Error: data_loss.
  [[nodiscard]] expected<void> load(std::span<const key_value> stored);

  /// Takes in what was written at revision `at`.
  [[nodiscard]] expected<void> committed(const transaction& change,
                                         revision at);

  /// `now` in every command is the wall clock for the records.
  [[nodiscard]] expected<book_step<version_registered>>
  register_version(const trivium::register_version& command,
                   const envelope& from, unix_ms now) const;

  [[nodiscard]] expected<book_step<variant_begun>>
  begin_variant(const trivium::begin_variant& command, const envelope& from,
                unix_ms now) const;

  [[nodiscard]] expected<book_step<variant_record>>
  change_variant(const trivium::change_variant& command, const envelope& from,
                 unix_ms now) const;

  [[nodiscard]] expected<book_step<promoted>>
  promote(const trivium::promote& command, const envelope& from,
          unix_ms now) const;

  [[nodiscard]] expected<resolved_alias> alias(const std::string& name) const;

  [[nodiscard]] expected<version_record> version(const semver& which) const;

  [[nodiscard]] expected<variant_record> variant(const semver& version,
                                                 const digest& recipe) const;

private:
  template <class Record>
  struct stored {
    Record record;
    revision modified = 0;
  };

  [[nodiscard]] expected<void> take(const std::string& key,
                                    const std::string& value, revision at);
  [[nodiscard]] semver next_free(const semver& wanted) const;

  model_ref model_;
  std::map<std::string, stored<version_record>> versions_; ///< By key.
  std::map<std::string, stored<variant_record>> variants_;
  std::map<std::string, stored<alias_record>> aliases_;
};

} // namespace trivium::actors
