#pragma once

#include "actors/quantization/output_places.hpp"
#include "actors/step_types.hpp"
#include "storage/file_io/process_folder.hpp"

#include <caf/stateful_actor.hpp>

#include <optional>
#include <vector>

namespace trivium::actors {

struct write_state {
  static inline constexpr const char* name = "write";

  write_state() = default;
  /// Removes the folder and what is in it, unless it was moved or adopted.
  ~write_state();

  std::filesystem::path folder;
  std::optional<storage::process_folder> own; ///< Is `folder`, if it was made.
  planned_job_ptr job;
  open_output_ptr output;
  std::vector<tensor_places> places;
};

/// Owns the files of one output from their reservation to their final names.
/// Lanes write values into them at the same time; this actor writes the rest.
/// Detached. Until `finish_output` nothing has a final name.
write_actor::behavior_type
write(write_actor::stateful_pointer<write_state> self,
      job_listener_actor listener);

/// The bytes of `scales` as `type` stores them (f32, f16 or bf16: the values
/// are exact in that type already).
[[nodiscard]] std::vector<std::byte>
encoded_scales(const std::vector<float>& scales, tensor_type type);

} // namespace trivium::actors
