#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/records.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::domain {

/// What a filter looks at: a model with its newest version.
struct list_subject {
  std::string model;
  version_record newest;
  std::set<std::string> aliases;
};

/// Terms joined by AND, each FIELD OPERATOR VALUE:
///   model_id = "ab*"        =, != ; one '*' at the end stands for anything
///   version >= 1.2.0        =, !=, <, <=, >, >= by semantic versioning
///   state = READY           =, !=
///   alias = production      =, != (has it, has it not)
///   labels.team = "vision"  =, != ; a label that is missing is unequal to all
/// A value without spaces needs no quotes; within them \" and \\ stand for
/// themselves. An empty text matches all.
class list_filter {
public:
  /// At most 1,024 bytes and 16 terms. Error: invalid_argument, with the byte.
  [[nodiscard]] static expected<list_filter> parse(std::string_view text);

  [[nodiscard]] bool matches(const list_subject& subject) const;

  /// True where aliases must be known.
  [[nodiscard]] bool asks_for_aliases() const;

private:
  enum class field : uint8_t { model_id, version, state, alias, label };
  enum class relation : uint8_t {
    equal,
    unequal,
    less,
    at_most,
    greater,
    at_least
  };
  struct term {
    field of = field::model_id;
    std::string label{}; ///< Its name.
    relation by = relation::equal;
    std::string value{};
    semver version{}; ///< Of `value`, for a version.
  };

  [[nodiscard]] static bool holds(const term& one, const list_subject& subject);

  std::vector<term> terms_;
};

} // namespace trivium::domain
