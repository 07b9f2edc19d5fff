#pragma once

#include "actors/domain/plan_subject.hpp"
#include "messages/values/recipe.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace trivium::domain {

/// True when the rule's glob fits the name, one of its operators reads the
/// tensor (or it names none) and the tensor has at least `min_elements`.
[[nodiscard]] bool rule_matches(const recipe_rule& rule,
                                const plan_subject& subject, uint64_t elements);

/// Index of the rule that decides: the first that matches; nothing when none
/// does, and then the tensor is kept.
[[nodiscard]] std::optional<size_t>
first_matching_rule(std::span<const recipe_rule> rules,
                    const plan_subject& subject, uint64_t elements);

} // namespace trivium::domain
