#pragma once

#include "actors/quantization/output_places.hpp"
#include "actors/step_types.hpp"

#include <filesystem>
#include <functional>

namespace trivium::actors {

/// What a check of layers compares.
struct weight_check {
  planned_job_ptr job;
  std::filesystem::path folder;      ///< Of the written variant.
  std::filesystem::path calibration; ///< Folder of TENSOR.npy [samples,
                                     ///< inputs]; empty: synthetic X.
  recipe_gate gate;
};

/// For each quantized weight W [outputs, inputs] compares X·Wᵀ with X·Ŵᵀ, Ŵ
/// read back from the written files; f32 GEMMs by oneDNN, rows in blocks, so
/// memory does not grow with the model. Synthetic X: 16 samples of N(0, 1) from
/// a fixed seed; the verification says so. Errors: those of reading, cancelled.
[[nodiscard]] expected<verification>
check_weights(const weight_check& what, const cancel_token& cancel,
              const std::function<void(uint64_t, uint64_t)>& report);

} // namespace trivium::actors
