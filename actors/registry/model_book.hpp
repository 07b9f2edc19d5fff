#pragma once

#include "actors/registry/registration_plan.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trivium::actors {

/// One model's registration, versions, variants and aliases as they are stored,
/// and the rules that change them. No clock, no actor, no disk: the caller
/// commits `change` and then calls `committed`.
class model_book {
public:
  explicit model_book(model_ref model) : model_(std::move(model)) {}

  [[nodiscard]] const model_ref& model() const { return model_; }

  /// Takes in the stored keys below the model's prefix, and forgets what it
  /// held. Error: data_loss.
  [[nodiscard]] expected<void> load(std::span<const key_value> stored);

  /// Whether these, all that is stored below the model's prefix, are what the
  /// book holds.
  [[nodiscard]] bool is_current(std::span<const key_value> stored) const;

  /// Takes in what was written.
  [[nodiscard]] expected<void> committed(const transaction& change,
                                         const commit_result& result);

  /// A commit met a registration whose lease is over: deletions that are
  /// planned from now on do not keep it.
  void registration_is_over() {
    if (registration_)
      registration_->is_over = true;
  }

  /// `now` in every command is the wall clock for the records.
  /// Errors: already_exists (the idempotency key was used for something else).
  [[nodiscard]] expected<book_step<model_registered>>
  register_model(const trivium::register_model& command, const envelope& from,
                 unix_ms now) const;

  [[nodiscard]] expected<book_step<version_registered>>
  register_version(const trivium::register_version& command,
                   const envelope& from, unix_ms now) const;

  /// Errors: not_found, failed_precondition (an alias points there).
  [[nodiscard]] expected<book_step<model_deleted>>
  delete_model(const trivium::delete_model& command, const envelope& from,
               unix_ms now) const;

  [[nodiscard]] expected<book_step<variant_begun>>
  begin_variant(const trivium::begin_variant& command, const envelope& from,
                unix_ms now) const;

  [[nodiscard]] expected<book_step<variant_record>>
  change_variant(const trivium::change_variant& command, const envelope& from,
                 unix_ms now) const;

  [[nodiscard]] expected<book_step<promoted>>
  promote(const trivium::promote& command, const envelope& from,
          unix_ms now) const;

  /// Errors: not_found, conflict (it was moved meanwhile).
  [[nodiscard]] expected<book_step<alias_deleted>>
  delete_alias(const trivium::delete_alias& command, const envelope& from,
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

  [[nodiscard]] expected<void> take(const key_value& entry);
  void drop(const std::string& key);
  /// The revision of the key that the book holds; 0: it holds none.
  [[nodiscard]] revision held_at(const std::string& key) const;
  [[nodiscard]] semver next_free(const semver& wanted) const;
  /// The highest version but `without`; nullptr where there is none.
  [[nodiscard]] const version_record*
  newest(const std::string& without = {}) const;
  /// For the version under `key`. They point into the book.
  [[nodiscard]] registration_facts facts_of(const std::string& key) const;
  /// Adds what becomes of the variant that the alias leaves: Verified, where no
  /// other alias points at it and `next` does not either.
  template <class Answer>
  [[nodiscard]] expected<void>
  leave_target(book_step<Answer>& step, const std::string& alias_key,
               const std::string& next_variant, unix_ms now) const;

  model_ref model_;
  std::optional<standing_registration> registration_;
  std::map<std::string, stored<version_record>> versions_; ///< By key.
  std::map<std::string, stored<variant_record>> variants_;
  std::map<std::string, stored<alias_record>> aliases_;
};

} // namespace trivium::actors
