#pragma once

#include "actors/domain/tiling.hpp"
#include "actors/quantization/output_places.hpp"
#include "actors/step_types.hpp"

#include <memory>
#include <vector>

namespace trivium::actors {

/// One tensor on its way through the lanes: which tiles are still to be sent,
/// what came back. Tiles may come back in any order; sums do not depend on it.
class tensor_task {
public:
  /// Cuts the tensor. Errors: internal when plan and layout do not fit.
  [[nodiscard]] static expected<tensor_task>
  make(const planned_job& job, const open_output& output,
       const tensor_decision& decision, const tensor_places& places,
       uint64_t tile_bytes);

  [[nodiscard]] uint64_t tensor() const { return tensor_; }

  /// True when `next` gives a tile: encode tiles wait for the last measure.
  [[nodiscard]] bool has_next() const;
  [[nodiscard]] tile_ptr next();

  /// Takes a result in. Error: invalid_argument for a NaN or an infinity, with
  /// the tensor and the element.
  [[nodiscard]] expected<void> take(const tile_result& result);

  /// Scales that are complete and not yet handed out, else null. Q8_0 has none.
  [[nodiscard]] std::shared_ptr<const std::vector<float>> take_scales();

  [[nodiscard]] bool is_done() const { return done_ == cuts_.size(); }
  [[nodiscard]] error_sums errors() const;
  [[nodiscard]] uint64_t source_bytes() const { return source_bytes_; }

private:
  tensor_task() = default;

  uint64_t tensor_ = 0;
  scheme action_ = scheme::keep;
  storage::tensor_info info_;
  std::shared_ptr<const storage::readable_file> file_;
  std::shared_ptr<const storage::staged_file> output_;
  output_place values_;
  tensor_type scale_type_ = tensor_type::f32;
  uint64_t source_bytes_ = 0;

  std::vector<domain::tile_cut> cuts_;
  std::vector<error_sums> errors_; ///< One a cut.
  size_t next_ = 0;
  size_t done_ = 0;
  size_t measures_ = 0; ///< Cuts that measure; they stand first.
  size_t measures_done_ = 0;
  std::vector<uint32_t> absmax_bits_;
  std::shared_ptr<std::vector<float>> scales_;
  bool scales_are_out_ = false;
};

} // namespace trivium::actors
