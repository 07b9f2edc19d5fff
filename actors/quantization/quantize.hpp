#pragma once

#include "actors/quantization/tensor_task.hpp"
#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <map>

namespace trivium::actors {

struct quantize_options {
  uint64_t tile_bytes = uint64_t{1} << 20; ///< Of source a tile.
  uint64_t lanes = 1;
};

struct quantize_state {
  static inline constexpr const char* name = "quantize";

  envelope from;
  quantize_model request;
  caf::typed_response_promise<quantized_model_ptr> promise;
  std::vector<tensor_places> places;
  std::map<uint64_t, tensor_task> active; ///< By tensor.
  size_t next_decision = 0;
  uint64_t window = 1;    ///< Tiles that may be out at once.
  uint64_t in_flight = 0; ///< Tiles and scales that have not come back.
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;
  error failure{ec::none, {}};
  std::shared_ptr<quantized_model> result;
  std::chrono::steady_clock::time_point started;
};

/// Quantizes the tensors of one job: cuts them, keeps a bounded number of
/// tiles with the scheduler, collects scales for the writer. One job a life.
quantize_actor::behavior_type
quantize(quantize_actor::stateful_pointer<quantize_state> self,
         scheduler_actor scheduler, write_actor writer,
         job_listener_actor listener, quantize_options options);

} // namespace trivium::actors
