#include "actors/quantization/quantize.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using pointer = quantize_actor::stateful_pointer<quantize_state>;

/// The handles and options of one `quantize`.
struct surroundings {
  scheduler_actor scheduler;
  write_actor writer;
  job_listener_actor listener;
  quantize_options options;
};

void pump(pointer self, const surroundings& around);

void report_progress(pointer self, const surroundings& around) {
  const auto& state = self->state;
  self->send(around.listener, state.from,
             job_progress{state.from.job, job_stage::quantize, state.bytes_done,
                          state.bytes_total});
}

void fail_with(pointer self, error reason) {
  if (self->state.failure.code == ec::none)
    self->state.failure = std::move(reason);
}

/// Sends a tensor's finished scales to the writer.
void send_scales(pointer self, const surroundings& around, tensor_task& task) {
  auto scales = task.take_scales();
  if (!scales)
    return;
  auto& state = self->state;
  ++state.in_flight;
  self
    ->request(around.writer, step_limit, state.from,
              write_scales{task.tensor(), std::move(scales)})
    .then(
      [self, around](acknowledged) {
        --self->state.in_flight;
        pump(self, around);
      },
      [self, around](caf::error& e) {
        --self->state.in_flight;
        fail_with(self, from_caf(e));
        pump(self, around);
      });
}

void take_result(pointer self, const surroundings& around,
                 const tile_result& result, uint64_t bytes) {
  auto& state = self->state;
  const auto found = state.active.find(result.tensor);
  if (state.failure.code != ec::none || found == state.active.end())
    return;
  auto& task = found->second;
  if (auto taken = task.take(result); !taken)
    return fail_with(self, taken.error());
  state.bytes_done += bytes;
  send_scales(self, around, task);
  if (task.is_done()) {
    state.result->errors[task.tensor()] = task.errors();
    state.result->source_bytes += task.source_bytes();
    state.active.erase(found);
    report_progress(self, around);
  }
}

void send_tile(pointer self, const surroundings& around, tile_ptr tile) {
  auto& state = self->state;
  ++state.in_flight;
  // A measured tensor is read twice; progress counts the bytes once.
  const auto bytes =
    tile->step == accelerators::tile_step::measure ? 0 : tile->source_size;
  self->request(around.scheduler, step_limit, state.from, std::move(tile))
    .then(
      [self, around, bytes](const tile_result_ptr& result) {
        --self->state.in_flight;
        take_result(self, around, *result, bytes);
        pump(self, around);
      },
      [self, around](caf::error& e) {
        --self->state.in_flight;
        fail_with(self, from_caf(e));
        pump(self, around);
      });
}

/// A tile of a tensor under way (its pages are warm), else of the next tensor.
expected<tile_ptr> next_tile(quantize_state& state, uint64_t tile_bytes) {
  for (auto& [tensor, task] : state.active)
    if (task.has_next())
      return task.next();
  const auto& decisions = state.request.job->plan.decisions;
  while (state.next_decision < decisions.size()) {
    const auto& decision = decisions[state.next_decision++];
    if (decision.action == scheme::keep)
      continue;
    TRIVIUM_TRY(auto task,
                tensor_task::make(*state.request.job, *state.request.output,
                                  decision, state.places.at(decision.tensor),
                                  tile_bytes));
    if (task.has_next()) {
      const auto added =
        state.active.emplace(decision.tensor, std::move(task)).first;
      return added->second.next();
    }
  }
  return tile_ptr{};
}

void pump(pointer self, const surroundings& around) {
  auto& state = self->state;
  if (state.from.cancel.is_cancelled())
    fail_with(self, {ec::cancelled, "stopped while quantizing"});
  while (state.failure.code == ec::none && state.in_flight < state.window) {
    auto tile = next_tile(state, around.options.tile_bytes);
    if (!tile) {
      fail_with(self, tile.error());
      break;
    }
    if (!*tile)
      break;
    send_tile(self, around, std::move(*tile));
  }
  if (state.in_flight > 0 || !state.result)
    return;
  const auto result = std::exchange(state.result, nullptr);
  result->seconds = std::chrono::duration<double>(
                      std::chrono::steady_clock::now() - state.started)
                      .count();
  if (state.failure.code != ec::none)
    state.promise.deliver(to_caf(state.failure));
  else
    state.promise.deliver(quantized_model_ptr{result});
}

} // namespace

quantize_actor::behavior_type quantize(pointer self, scheduler_actor scheduler,
                                       write_actor writer,
                                       job_listener_actor listener,
                                       quantize_options options) {
  enlist(self);
  const surroundings around{scheduler, writer, listener, options};
  return {
    [self, around](const envelope& from, const quantize_model& request)
      -> caf::result<quantized_model_ptr> {
      auto& state = self->state;
      const auto tensors = request.job->source->tensors().size();
      state.from = from;
      state.request = request;
      state.promise = self->make_response_promise<quantized_model_ptr>();
      state.places = places_of(request.job->layout, tensors);
      state.window = std::max<uint64_t>(1, around.options.lanes * 4);
      if (request.memory_bytes > 0)
        state.window = std::clamp<uint64_t>(
          request.memory_bytes / around.options.tile_bytes, 1, state.window);
      for (const auto& decision : request.job->plan.decisions)
        if (decision.action != scheme::keep)
          state.bytes_total += decision.bytes_before;
      state.result = std::make_shared<quantized_model>();
      state.result->errors.resize(tensors);
      state.started = std::chrono::steady_clock::now();
      pump(self, around);
      return state.promise;
    },
  };
}

} // namespace trivium::actors
