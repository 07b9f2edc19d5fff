#include "actors/domain/gate.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace trivium::domain {

namespace {

/// As people write it: shortest text that reads back the same.
std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto end =
    std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

/// `value` cut to `decimals` so that it never reads better than it is: 19.96
/// must not be shown as "20.0, at least 20 wanted".
std::string cut_down(double value, int decimals) {
  if (!std::isfinite(value))
    return std::isnan(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const auto unit = std::pow(10.0, decimals);
  std::array<char, 512> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 std::floor(value * unit) / unit,
                                 std::chars_format::fixed, decimals)
                     .ptr;
  return {buffer.data(), end};
}

bool is_finite(const error_sums& s) {
  return std::isfinite(s.signal) && std::isfinite(s.noise)
         && std::isfinite(s.approximation) && std::isfinite(s.product)
         && std::isfinite(s.max_error);
}

struct thresholds {
  std::optional<double> min_sqnr_db;
  std::optional<double> min_cosine;
  std::optional<double> max_error;

  [[nodiscard]] bool any() const {
    return min_sqnr_db || min_cosine || max_error;
  }
};

thresholds for_outputs(const recipe_gate& gate) {
  return {gate.min_output_sqnr_db, gate.min_output_cosine,
          gate.max_output_error};
}

thresholds for_layers(const recipe_gate& gate) {
  return {gate.min_layer_sqnr_db, std::nullopt, std::nullopt};
}

/// Each comparison is written so that NaN misses.
std::vector<std::string> misses(const error_sums& sums,
                                const thresholds& wanted) {
  if (!is_finite(sums))
    return {"holds values that are not finite"};
  std::vector<std::string> texts;
  if (wanted.min_sqnr_db && !(sums.sqnr_db() >= *wanted.min_sqnr_db))
    texts.push_back("SQNR " + cut_down(sums.sqnr_db(), 1) + " dB, at least "
                    + shortest(*wanted.min_sqnr_db) + " wanted");
  if (wanted.min_cosine && !(sums.cosine() >= *wanted.min_cosine))
    texts.push_back("cosine " + cut_down(sums.cosine(), 4) + ", at least "
                    + shortest(*wanted.min_cosine) + " wanted");
  if (wanted.max_error && !(sums.max_error <= *wanted.max_error))
    texts.push_back("largest error " + shortest(sums.max_error) + ", at most "
                    + shortest(*wanted.max_error) + " wanted");
  return texts;
}

/// Adds a text for every miss: at most eight, then how many more there are.
/// Returns whether there was none.
bool all_met(std::string_view what, const std::vector<named_sums>& figures,
             const thresholds& wanted, std::vector<std::string>& reasons) {
  constexpr size_t shown = 8;
  size_t count = 0;
  for (const auto& figure : figures)
    for (const auto& text : misses(figure.sums, wanted))
      if (++count <= shown)
        reasons.push_back(std::string{what} + " \"" + printable(figure.name)
                          + "\": " + text);
  if (count > shown)
    reasons.push_back("and " + std::to_string(count - shown)
                      + " more of these");
  return count == 0;
}

/// Without a value that is not 0: every approximation would pass.
bool tells_nothing(const std::vector<named_sums>& outputs) {
  return std::all_of(outputs.begin(), outputs.end(), [](const auto& output) {
    return output.sums.signal == 0;
  });
}

judgement missed(std::vector<std::string> reasons) {
  return {verdict::unverified, false, std::move(reasons)};
}

judgement judge_golden(const recipe_gate& gate, const gate_figures& figures) {
  const auto wanted = for_outputs(gate);
  std::vector<std::string> reasons;
  if (!all_met("output", figures.outputs, wanted, reasons))
    return missed(std::move(reasons));
  if (!wanted.any())
    return {
      verdict::smoke, true, {"the recipe's gate has no threshold for outputs"}};
  if (tells_nothing(figures.outputs))
    return {verdict::smoke,
            true,
            {"every output of the golden set is empty or zero"}};
  return {verdict::verified, true, {}};
}

/// Layers and made-up inputs: weaker evidence, of which all must hold.
judgement judge_without_golden(const recipe_gate& gate,
                               const gate_figures& figures) {
  judgement result;
  auto& reasons = result.reasons;
  const auto outputs = figures.inputs == input_origin::made_up
                         ? figures.outputs
                         : std::vector<named_sums>{};
  const auto layers_met =
    all_met("layer", figures.layers, for_layers(gate), reasons);
  const auto outputs_met =
    all_met("output", outputs, for_outputs(gate), reasons);
  if (!outputs_met)
    reasons.emplace_back("the inputs were made up: record a golden set to "
                         "judge by real ones");
  if (!layers_met || !outputs_met)
    return missed(std::move(reasons));

  if (!outputs.empty() && tells_nothing(outputs)) {
    reasons.emplace_back("every output is empty or zero");
  } else if (!outputs.empty()) {
    result.given = verdict::smoke;
    reasons.emplace_back("only made-up inputs were run");
  }
  if (!figures.layers.empty() && gate.min_layer_sqnr_db) {
    result.given = verdict::layer_verified;
    reasons = {figures.layer_inputs_are_synthetic
                 ? "layer outputs were compared on synthetic inputs"
                 : "layer outputs were compared"};
  } else if (!figures.layers.empty()) {
    reasons.emplace_back("the recipe's gate has no threshold for layers");
  }
  if (!figures.absence.empty())
    reasons.push_back(figures.absence);
  if (reasons.empty())
    reasons.emplace_back("nothing was compared");
  return result;
}

} // namespace

judgement judge(const recipe_gate& gate, const gate_figures& figures) {
  if (figures.inputs == input_origin::golden && !figures.outputs.empty())
    return judge_golden(gate, figures);
  return judge_without_golden(gate, figures);
}

bool may_promote(verdict given, bool allow_unverified) {
  return given >= verdict::layer_verified || allow_unverified;
}

} // namespace trivium::domain
