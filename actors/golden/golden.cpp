#include "actors/golden/golden.hpp"

#include "actors/domain/made_up_inputs.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/quantization/graph_check.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/names.hpp"
#include "messages/values/sha256.hpp"
#include "storage/file_io/file_digest.hpp"
#include "storage/golden/golden_set.hpp"
#include "storage/golden/input_folder.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

/// A graph on disk, with the digest that it would have in a store.
struct opened_graph {
  model_source_ptr source;
  digest artifact;
  std::filesystem::path main;
};

expected<digest> artifact_digest(const storage::model_files& files) {
  manifest entries;
  entries.format = files.format;
  for (const auto& file : files.files) {
    TRIVIUM_TRY(const auto hash, storage::sha256_of(*file.bytes));
    entries.files.push_back({file.path, file.role, file.bytes->size(), hash});
  }
  std::sort(entries.files.begin(), entries.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return sha256(entries.canonical());
}

expected<opened_graph> open_graph(const std::filesystem::path& path) {
  TRIVIUM_TRY(auto files, storage::discover_model(path));
  if (files.format != model_format::onnx)
    return fail(ec::unsupported,
                printable(path.native()) + ": "
                  + std::string{to_string(files.format)}
                  + " holds no graph; golden sets are for ONNX models");
  opened_graph graph;
  graph.main = files.files.front().bytes->path();
  TRIVIUM_TRY(graph.artifact, artifact_digest(files));
  TRIVIUM_TRY(graph.source, storage::open_model(std::move(files)));
  return graph;
}

expected<golden_report> record(accelerators::executor& executor,
                               const record_golden& request,
                               const cancel_token& cancel) {
  TRIVIUM_TRY(const auto graph, open_graph(request.model));
  const auto info = executor.info();
  if (!info.absence.empty())
    return fail(ec::unavailable, "no runtime: " + info.absence);
  const auto inputs = graph.source->inputs();

  storage::golden_set set;
  set.source = graph.artifact;
  set.has_made_up_inputs = request.inputs.empty();
  if (set.has_made_up_inputs) {
    TRIVIUM_TRY(auto feed, domain::made_up_inputs(inputs, request.hints));
    set.cases.push_back({"made-up", std::move(feed), {}});
  } else {
    TRIVIUM_TRY(set.cases, storage::read_input_folder(request.inputs, inputs));
  }
  accelerators::graph_request run;
  run.model = graph.main;
  for (const auto& one : set.cases)
    run.cases.push_back(one.inputs);
  TRIVIUM_TRY(auto answers, executor.run(run, cancel));
  for (size_t i = 0; i < set.cases.size(); ++i)
    set.cases[i].outputs = std::move(answers.outputs.at(i));
  set.executor = info.name;
  set.precision = answers.precision;
  set.cpu = info.cpu;
  set.created = request.created;
  TRIVIUM_CHECK(storage::save_golden(set, request.out));
  return golden_report{set.cases.size(), set.source, set.executor,
                       set.precision,    set.cpu,    {}};
}

expected<golden_report> compare(accelerators::executor& executor,
                                const check_golden& request,
                                const cancel_token& cancel) {
  TRIVIUM_TRY(const auto graph, open_graph(request.model));
  TRIVIUM_TRY(auto wanted, load_reference(request.golden));
  const auto info = executor.info();
  if (!info.absence.empty())
    return fail(ec::unavailable, "no runtime: " + info.absence);
  accelerators::graph_request run;
  run.model = graph.main;
  run.cases = wanted.feeds;
  TRIVIUM_TRY(const auto answers, executor.run(run, cancel));
  TRIVIUM_TRY(const auto compared, compare_with(wanted, answers.outputs));
  return golden_report{wanted.feeds.size(), graph.artifact, info.name,
                       answers.precision,   info.cpu,       compared.figures};
}

} // namespace

golden_actor::behavior_type
golden(golden_actor::stateful_pointer<golden_state> self,
       std::shared_ptr<accelerators::executor> executor) {
  enlist(self);
  return {
    [=](const envelope& from, const record_golden& request) {
      self->quit(); // after this one; who asked may be gone
      return answer(record(*executor, request, from.cancel));
    },
    [=](const envelope& from, const check_golden& request) {
      self->quit();
      return answer(compare(*executor, request, from.cancel));
    },
  };
}

} // namespace trivium::actors
