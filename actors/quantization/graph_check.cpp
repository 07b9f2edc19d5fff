#include "actors/quantization/graph_check.hpp"

#include "actors/domain/made_up_inputs.hpp"
#include "messages/values/names.hpp"

namespace trivium::actors {

namespace {

using accelerators::execution_mode;

constexpr uint32_t latency_runs = 15;

verification unverified(std::string reason) {
  verification result;
  result.gate_met = true; // nothing was missed: nothing was looked at
  result.reasons.push_back(std::move(reason));
  return result;
}

} // namespace

expected<verification> check_graph(accelerators::executor& executor,
                                   const graph_check& what,
                                   const cancel_token& cancel,
                                   const check_progress& report) {
  const auto info = executor.info();
  const auto has_golden = !what.golden.empty();
  graph_reference wanted;
  bool is_made_up = !has_golden;
  if (has_golden) {
    TRIVIUM_TRY(wanted, load_reference(what.golden));
    is_made_up = wanted.is_made_up;
    if (wanted.source != what.source_digest)
      return fail(ec::failed_precondition,
                  printable(what.golden.native()) + ": recorded from artifact "
                    + abbreviated(wanted.source) + ", this model is "
                    + abbreviated(what.source_digest));
  }
  if (!info.absence.empty())
    return unverified("no runtime: " + info.absence);

  accelerators::graph_request request;
  const auto run = [&](const std::filesystem::path& model, execution_mode mode,
                       uint32_t timed) {
    request.model = model;
    request.mode = mode;
    request.latency_runs = timed;
    return executor.run(request, cancel);
  };
  uint64_t step = 0;
  const auto advance = [&] { report(++step, has_golden ? 3 : 4); };

  if (has_golden) {
    request.cases = wanted.feeds;
  } else {
    auto feed = domain::made_up_inputs(what.inputs, what.hints);
    // Who described the inputs wants them run; who did not is told how.
    if (!feed && !(what.hints.shapes.empty() && what.hints.ranges.empty()))
      return fail(std::move(feed).error());
    if (!feed)
      return unverified(feed.error().text);
    request.cases = {std::move(*feed)};
    auto answers = run(what.source, execution_mode::exact, 0);
    if (!answers && answers.error().code == ec::cancelled)
      return fail(std::move(answers).error());
    if (!answers)
      return unverified("the float model did not run: " + answers.error().text);
    wanted.outputs = std::move(answers->outputs);
    wanted.names = {"made-up"};
    advance();
  }

  TRIVIUM_TRY(const auto exact, run(what.quantized, execution_mode::exact, 0));
  TRIVIUM_TRY(const auto against_float, compare_with(wanted, exact.outputs));
  advance();
  TRIVIUM_TRY(const auto deployed,
              run(what.quantized, execution_mode::deployed, latency_runs));
  TRIVIUM_TRY(const auto deployed_error,
              compare_with(wanted, deployed.outputs));
  advance();
  TRIVIUM_TRY(const auto before,
              run(what.source, execution_mode::deployed, latency_runs));
  TRIVIUM_TRY(const auto before_error, compare_with(wanted, before.outputs));
  advance();

  domain::gate_figures figures;
  figures.inputs =
    is_made_up ? domain::input_origin::made_up : domain::input_origin::golden;
  figures.outputs = against_float.outputs;
  const auto judged = domain::judge(what.gate, figures);

  verification result;
  result.verdict = judged.given;
  result.gate_met = judged.is_met;
  result.reasons = judged.reasons;
  result.exact = against_float.figures;
  result.deployed = deployed_error.figures;
  result.float_deployed = before_error.figures;
  result.cases = request.cases.size();
  result.inputs = !has_golden
                    ? "made up, seed " + std::to_string(domain::made_up_seed)
                    : "golden set " + what.golden.filename().native();
  result.executor = info.name;
  result.precision = exact.precision + " / " + deployed.precision;
  result.cpu = info.cpu;
  result.latency_before_ms = before.latency_ms;
  result.latency_after_ms = deployed.latency_ms;
  return result;
}

} // namespace trivium::actors
