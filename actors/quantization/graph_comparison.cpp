#include "actors/quantization/graph_comparison.hpp"

#include "storage/golden/compare.hpp"
#include "storage/golden/golden_set.hpp"

#include <algorithm>
#include <limits>

namespace trivium::actors {

expected<graph_reference> load_reference(const std::filesystem::path& golden) {
  TRIVIUM_TRY(auto set, storage::load_golden(golden));
  graph_reference result;
  result.source = set.source;
  result.is_made_up = set.has_made_up_inputs;
  for (auto& one : set.cases) {
    result.feeds.push_back(std::move(one.inputs));
    result.outputs.push_back(std::move(one.outputs));
    result.names.push_back(std::move(one.name));
  }
  return result;
}

expected<graph_comparison>
compare_with(const graph_reference& wanted,
             const std::vector<std::vector<tensor_value>>& got) {
  if (got.size() != wanted.outputs.size())
    return fail(ec::internal,
                "the runtime answered " + std::to_string(got.size()) + " of "
                  + std::to_string(wanted.outputs.size()) + " cases");
  std::vector<storage::output_comparison> total;
  for (size_t i = 0; i < wanted.outputs.size(); ++i) {
    TRIVIUM_TRY(auto outputs,
                storage::compare_outputs(wanted.outputs[i], got.at(i), {}));
    for (auto& output : outputs)
      output.worst_case = wanted.names[i];
    if (total.empty())
      total = std::move(outputs);
    else
      for (size_t k = 0; k < total.size(); ++k)
        total[k] += outputs.at(k);
  }
  graph_comparison result;
  result.figures.min_sqnr_db = std::numeric_limits<double>::infinity();
  result.figures.min_cosine = 1;
  for (const auto& output : total) {
    const auto sqnr = output.sums.sqnr_db();
    if (!(sqnr >= result.figures.min_sqnr_db)) {
      result.figures.min_sqnr_db = sqnr;
      result.figures.worst =
        "output \"" + output.name + "\" of case " + output.worst_case;
    }
    result.figures.min_cosine =
      std::min(result.figures.min_cosine, output.sums.cosine());
    result.figures.max_error =
      std::max(result.figures.max_error, output.sums.max_error);
    result.outputs.push_back({output.name, output.sums});
  }
  return result;
}

} // namespace trivium::actors
