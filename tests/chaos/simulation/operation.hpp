#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <optional>
#include <random>
#include <string>
#include <variant>

namespace trivium::test {

using random_source = std::mt19937_64;

/// 0 … n - 1.
inline size_t below(random_source& random, size_t n) {
  return static_cast<size_t>(random() % n);
}

/// In `percent` of 100 cases.
inline bool chance(random_source& random, size_t percent) {
  return below(random, 100) < percent;
}

using asked = std::variant<register_model, promote, delete_model, delete_alias,
                           end_lease, resolve_alias, get_version>;

using told =
  std::variant<model_registered, promoted, model_deleted, alias_deleted,
               lease_ended, resolved_alias, version_record>;

/// One call of a virtual client. Its trace id is its own: what it wrote is
/// found by it.
struct operation {
  size_t number = 0;
  envelope from;
  asked what;
  bool is_cancelled = false;            ///< Before it was begun.
  bool is_overdue = false;              ///< Its deadline was over before.
  bool is_last = false;                 ///< Of a node that was left in peace.
  bool is_begun = false;                ///< It left its client,
  revision begun = 0;                   ///< with the head there;
  revision ended = 0;                   ///< and when it was answered.
  int64_t ended_ms = 0;                 ///< When, in virtual time.
  int answers = 0;                      ///< One, if all is well.
  std::optional<expected<told>> answer; ///< The first one.
};

/// A keep-alive that was granted.
struct kept_alive {
  lease_id lease = 0;
  int64_t at_ms = 0;
};

} // namespace trivium::test
