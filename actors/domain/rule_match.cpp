#include "actors/domain/rule_match.hpp"

#include "actors/domain/glob.hpp"

#include <algorithm>

namespace trivium::domain {

namespace {

bool shares_one(const std::vector<std::string>& a,
                const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& x) {
    return std::find(b.begin(), b.end(), x) != b.end();
  });
}

} // namespace

bool rule_matches(const recipe_rule& rule, const plan_subject& subject,
                  uint64_t elements) {
  return elements >= rule.min_elements
         && (rule.operators.empty()
             || shares_one(rule.operators, subject.operators))
         && glob_matches(rule.name, subject.name);
}

std::optional<size_t> first_matching_rule(std::span<const recipe_rule> rules,
                                          const plan_subject& subject,
                                          uint64_t elements) {
  for (size_t i = 0; i < rules.size(); ++i)
    if (rule_matches(rules[i], subject, elements))
      return i;
  return std::nullopt;
}

} // namespace trivium::domain
