#include "actors/quantization/verify.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/quantization/graph_check.hpp"
#include "actors/quantization/weight_check.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

expected<verification_ptr> check(accelerators::executor& executor,
                                 const verify_variant& request,
                                 const cancel_token& cancel,
                                 const check_progress& report) {
  const auto& source = *request.job->source;
  const auto* target = request.recipe->target(source.format());
  if (target == nullptr)
    return fail(ec::internal, "the recipe lost its target");
  verification result;
  if (source.format() == model_format::onnx) {
    graph_check what;
    what.quantized = request.folder / request.job->layout.files.front().path;
    what.source = request.source_graph;
    what.source_digest = request.source;
    what.golden = request.golden;
    what.hints = request.hints;
    what.inputs = source.inputs();
    what.gate = target->gate;
    TRIVIUM_TRY(result, check_graph(executor, what, cancel, report));
  } else {
    TRIVIUM_TRY(result, check_weights({request.job, request.folder,
                                       request.golden, target->gate},
                                      cancel, report));
  }
  return std::make_shared<const verification>(std::move(result));
}

} // namespace

verify_actor::behavior_type
verify(verify_actor::stateful_pointer<verify_state> self,
       std::shared_ptr<accelerators::executor> executor,
       job_listener_actor listener) {
  enlist(self);
  return {
    [=](const envelope& from, const verify_variant& request) {
      const auto report = [&](uint64_t done, uint64_t total) {
        self->send(listener, from,
                   job_progress{from.job, job_stage::verify, done, total});
      };
      return answer(check(*executor, request, from.cancel, report));
    },
  };
}

} // namespace trivium::actors
