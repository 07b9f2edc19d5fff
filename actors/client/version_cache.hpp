#pragma once

#include "messages/values/registrations.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace trivium {

/// Answers of the registry that may be given again: the least recently used
/// ones go first, none is given after `longest`, and none whose model has
/// changed. For any thread; it knows no clock but its callers'.
class version_cache {
public:
  using time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds longest{60};

  /// A read that is on its way: what changes meanwhile voids it.
  class reading {
  public:
    explicit reading(time begun) : begun_(begun) {}

  private:
    friend class version_cache;
    time begun_;
    bool is_void_ = false;
  };
  using reading_ptr = std::shared_ptr<reading>;

  explicit version_cache(size_t capacity) : capacity_(capacity) {}

  /// Marked as cached.
  [[nodiscard]] std::optional<registered_version>
  find(const version_query& query, time now);

  /// Each ends.
  [[nodiscard]] reading_ptr begin(const version_query& query, time now);
  /// Keeps the answer (none: it failed) where nothing has voided it. Its age
  /// counts from the begin.
  void end(const version_query& query, const reading_ptr& read,
           const registered_version* answer);

  /// The model has changed.
  void forget(const model_ref& model);
  /// Nobody tells of the namespace's changes any more.
  void forget_all(const std::string& name_space);

  [[nodiscard]] size_t size() const;

private:
  struct entry {
    model_ref model;
    std::string which;
    registered_version answer;
    time read_at;
  };
  using place = std::list<entry>::iterator;
  /// What is known and what is asked of one model.
  struct of_model {
    std::map<std::string, place> answers;
    std::set<reading_ptr> readings;

    [[nodiscard]] bool is_empty() const {
      return answers.empty() && readings.empty();
    }
  };

  void drop(place entry);
  void void_all(const of_model& model);

  size_t capacity_;
  mutable std::mutex mutex_;
  std::list<entry> by_use_; ///< The last one used first.
  std::map<model_ref, of_model> models_;
};

} // namespace trivium
