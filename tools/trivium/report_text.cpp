#include "tools/trivium/report.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/terminal.hpp"

#include <algorithm>
#include <cstdio>

namespace trivium::tools {

namespace {

constexpr size_t worst_shown = 5;

std::string line(std::string_view label, const std::string& text) {
  std::string padded{label};
  padded.resize(std::max<size_t>(padded.size(), 10), ' ');
  return "  " + padded + " " + text + "\n";
}

std::string fixed(double x, const char* format) {
  char buffer[48];
  std::snprintf(buffer, sizeof(buffer), format, x);
  return buffer;
}

std::string figures(const output_figures& f) {
  return human_decibels(f.min_sqnr_db) + " SQNR, cosine "
         + fixed(f.min_cosine, "%.6f") + ", max error "
         + fixed(f.max_error, "%.3g");
}

std::string sizes(const quantize_report& report) {
  const auto quantized = std::count_if(
    report.tensors.begin(), report.tensors.end(),
    [](const auto& tensor) { return tensor.action != scheme::keep; });
  std::string text;
  text +=
    line("tensors", human_count(static_cast<uint64_t>(quantized))
                      + " quantized of " + human_count(report.tensors.size()));
  text +=
    line("size", human_bytes(report.bytes_before) + " → "
                   + human_bytes(report.bytes_after) + " ("
                   + human_percent(static_cast<double>(report.bytes_after),
                                   static_cast<double>(report.bytes_before))
                   + ")");
  const auto bits = report.quantized_elements == 0
                      ? 0.0
                      : 8.0 * static_cast<double>(report.quantized_bytes)
                          / static_cast<double>(report.quantized_elements);
  text +=
    line("weights", fixed(bits, "%.3f") + " bits each, "
                      + human_count(report.quantized_elements) + " quantized");
  text += line("device", report.device + ", " + std::to_string(report.lanes)
                           + " lane" + (report.lanes == 1 ? "" : "s"));
  return text;
}

std::string stage_table(const std::array<stage_figure, job_stages>& stages) {
  text_table table{{"stage", "time", "bytes", "rate"}};
  for (size_t i = 0; i < stages.size(); ++i) {
    const auto& [seconds, bytes] = stages[i];
    if (seconds == 0 && bytes == 0)
      continue;
    table.add({std::string{to_string(static_cast<job_stage>(i))},
               human_seconds(seconds), bytes == 0 ? "" : human_bytes(bytes),
               bytes == 0 ? "" : human_rate(bytes, seconds)});
  }
  return table.text();
}

std::string worst_table(const quantize_report& report) {
  std::vector<const tensor_figure*> quantized;
  for (const auto& tensor : report.tensors)
    if (tensor.action != scheme::keep)
      quantized.push_back(&tensor);
  const auto shown = std::min(worst_shown, quantized.size());
  std::partial_sort(quantized.begin(),
                    quantized.begin() + static_cast<ptrdiff_t>(shown),
                    quantized.end(), [](const auto* a, const auto* b) {
                      return a->errors.sqnr_db() < b->errors.sqnr_db();
                    });
  text_table table{{"worst tensors", "shape", "SQNR", "max error"}};
  for (size_t i = 0; i < shown; ++i) {
    const auto& tensor = *quantized[i];
    table.add({printable(tensor.name), to_string(tensor.shape),
               human_decibels(tensor.errors.sqnr_db()),
               fixed(tensor.errors.max_error, "%.3g")});
  }
  return table.text();
}

} // namespace

std::string text_of(const verification& checked) {
  auto text = line("verdict", emphasised(to_string(checked.verdict))
                                + (checked.gate_met ? "" : ", gate missed"));
  for (const auto& reason : checked.reasons)
    text += line("", reason);
  if (!checked.inputs.empty())
    text +=
      line("inputs",
           printable(checked.inputs)
             + (checked.exact ? ", " + std::to_string(checked.cases) + " cases"
                              : ""));
  if (checked.exact)
    text += line("exact",
                 figures(*checked.exact)
                   + (checked.exact->worst.empty()
                        ? ""
                        : " (worst: " + printable(checked.exact->worst) + ")"));
  if (checked.deployed)
    text += line("deployed", figures(*checked.deployed));
  if (checked.float_deployed)
    text += line("float", figures(*checked.float_deployed) + ", deployed too");
  if (checked.layers)
    text += line("layers", figures(*checked.layers) + " (worst: "
                             + printable(checked.layers->worst) + ")");
  if (checked.latency_before_ms > 0)
    text += line("latency", fixed(checked.latency_before_ms, "%.2f ms → ")
                              + fixed(checked.latency_after_ms, "%.2f ms"));
  if (!checked.executor.empty())
    text +=
      line("executor", checked.executor + ", " + checked.precision
                         + (checked.cpu.empty() ? "" : ", " + checked.cpu));
  return text;
}

std::string text_of(const quantize_report& report) {
  auto text = sizes(report) + "\n" + stage_table(report.stages) + "\n"
              + worst_table(report) + "\n";
  if (report.artifact.is_set())
    text += line("artifact", to_string(report.artifact));
  return text + line("written", printable(report.out.native()));
}

std::string text_of(const pipeline_report& report) {
  const auto& variant = report.variant;
  auto text =
    emphasised(to_string(report.source.model) + " "
               + to_string(report.source.version) + " → " + variant.recipe)
    + "\n";
  if (report.variant_was_known)
    text += line("known", "this artifact was quantized with this recipe by "
                            + variant.job + "; --force makes it anew");
  if (report.quantized)
    text += sizes(*report.quantized);
  else
    text += line("size", human_bytes(variant.bytes_before) + " → "
                           + human_bytes(variant.bytes_after));
  text += "\n" + stage_table(report.stages) + "\n";
  if (report.quantized)
    text += worst_table(*report.quantized) + "\n";
  if (variant.checked.is_judged())
    text += text_of(variant.checked);
  text += "\n" + line("source", to_string(report.source.artifact));
  if (variant.artifact.is_set())
    text += line("variant", to_string(variant.artifact));
  text +=
    line("recipe", variant.recipe + " " + abbreviated(variant.recipe_digest));
  if (!report.alias.alias.empty())
    text +=
      line("alias", report.alias.alias + " → " + to_string(report.alias.version)
                      + " " + variant.recipe
                      + (report.alias_was_there ? " (it was there)" : "")
                      + ", revision " + std::to_string(report.at));
  return text + line("job", report.job + ", " + human_seconds(report.seconds));
}

} // namespace trivium::tools
