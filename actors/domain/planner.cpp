#include "actors/domain/planner.hpp"

#include "actors/domain/rule_match.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <map>

namespace trivium::domain {

namespace {

/// A decision, and the words under which it is counted when all are kept.
struct outcome {
  tensor_decision decision;
  std::string counted_as;
};

outcome keep(tensor_decision decision, std::string reason,
             std::string counted_as) {
  decision.action = scheme::keep;
  decision.bytes_after = decision.bytes_before;
  decision.reason = std::move(reason);
  return {std::move(decision), std::move(counted_as)};
}

outcome keep(tensor_decision decision, const std::string& reason) {
  return keep(std::move(decision), reason, reason);
}

/// "rule 2 (* for Gemm, MatMul)"
std::string rule_text(size_t index, const recipe_rule& rule) {
  auto text = "rule " + std::to_string(index + 1) + " (" + rule.name;
  for (size_t i = 0; i < rule.operators.size(); ++i)
    text += (i == 0 ? " for " : ", ") + rule.operators[i];
  return text + ")";
}

expected<outcome> decide(size_t index, const plan_subject& subject,
                         const recipe_target& target,
                         const bytes_under& size_of) {
  tensor_decision decision;
  decision.tensor = index;
  decision.bytes_before = subject.bytes_before;
  TRIVIUM_TRY(const auto elements, element_count(subject.shape));

  const auto chosen = first_matching_rule(target.rules, subject, elements);
  if (!chosen)
    return keep(std::move(decision), "no rule matches");
  const auto& rule = target.rules[*chosen];
  if (rule.action == scheme::keep)
    return keep(std::move(decision), rule_text(*chosen, rule) + " keeps it");
  if (!subject.has_channel_axis)
    return keep(std::move(decision), subject.keep_reason.empty()
                                       ? "its use cannot be quantized"
                                       : subject.keep_reason);
  if (!is_quantizable_source(subject.type))
    return keep(std::move(decision),
                "type " + std::string{to_string(subject.type)});

  const auto after = size_of(index, rule.action);
  if (!after && after.error().code != ec::unsupported)
    return fail(after.error());
  if (!after)
    return keep(std::move(decision), after.error().text);
  if (*after >= subject.bytes_before)
    return keep(std::move(decision),
                "not smaller: " + std::to_string(subject.bytes_before) + " → "
                  + std::to_string(*after) + " bytes",
                "not smaller");
  decision.action = rule.action;
  decision.bytes_after = *after;
  decision.reason = rule_text(*chosen, rule);
  return outcome{std::move(decision), {}};
}

/// "3 × no rule matches, 1 × not smaller", the most frequent first.
std::string counted(const std::map<std::string, uint64_t>& reasons) {
  constexpr size_t shown = 4;
  std::vector<std::pair<std::string, uint64_t>> sorted{reasons.begin(),
                                                       reasons.end()};
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](auto& a, auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(shown, sorted.size()); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(sorted[i].second) + " × "
            + printable(sorted[i].first);
  if (sorted.size() > shown)
    text += ", " + std::to_string(sorted.size() - shown) + " other reasons";
  return text;
}

expected<void> check_target(model_format format, const recipe_target& target) {
  if (target.format != format)
    return fail(ec::invalid_argument, "the recipe's rules are for "
                                        + std::string{to_string(target.format)}
                                        + ", the model is "
                                        + std::string{to_string(format)});
  for (const auto& rule : target.rules)
    if (!is_scheme_of(rule.action, format))
      return fail(ec::invalid_argument,
                  std::string{to_string(format)} + " cannot hold tensors as "
                    + std::string{to_string(rule.action)});
  return {};
}

double bits(uint64_t bytes, uint64_t elements) {
  return elements == 0
           ? 0
           : 8 * static_cast<double>(bytes) / static_cast<double>(elements);
}

} // namespace

expected<quantization_plan> make_plan(model_format format,
                                      std::span<const plan_subject> subjects,
                                      const recipe_target& target,
                                      const bytes_under& size_of) {
  TRIVIUM_CHECK(check_target(format, target));
  quantization_plan plan;
  plan.decisions.reserve(subjects.size());
  std::map<std::string, uint64_t> kept;
  for (size_t i = 0; i < subjects.size(); ++i) {
    TRIVIUM_TRY(auto made, decide(i, subjects[i], target, size_of));
    if (made.decision.action == scheme::keep)
      ++kept[made.counted_as];
    plan.decisions.push_back(std::move(made.decision));
  }
  if (subjects.empty())
    return fail(ec::failed_precondition,
                "nothing to quantize: the model has no tensors");
  if (plan.quantized() == 0)
    return fail(
      ec::failed_precondition,
      "nothing to quantize: " + std::to_string(subjects.size())
        + (subjects.size() == 1 ? " tensor kept: " : " tensors kept: ")
        + counted(kept));
  return plan;
}

double plan_totals::bits_per_quantized_weight() const {
  return bits(quantized_bytes_after, quantized_elements);
}

double plan_totals::bits_per_weight() const {
  return bits(bytes_after, elements);
}

plan_totals totals_of(const quantization_plan& plan,
                      std::span<const plan_subject> subjects) {
  plan_totals totals;
  for (const auto& decision : plan.decisions) {
    // The planner counted this shape before: it fits.
    const auto elements =
      element_count(subjects[decision.tensor].shape).value_or(0);
    ++totals.tensors;
    totals.elements += elements;
    totals.bytes_before += decision.bytes_before;
    totals.bytes_after += decision.bytes_after;
    if (decision.action == scheme::keep)
      continue;
    ++totals.quantized;
    totals.quantized_elements += elements;
    totals.quantized_bytes_before += decision.bytes_before;
    totals.quantized_bytes_after += decision.bytes_after;
  }
  return totals;
}

} // namespace trivium::domain
