#include "actors/quantization/tensor_task.hpp"

#include "messages/values/names.hpp"

#include <algorithm>

namespace trivium::actors {

using accelerators::tile_step;

expected<tensor_task> tensor_task::make(const planned_job& job,
                                        const open_output& output,
                                        const tensor_decision& decision,
                                        const tensor_places& places,
                                        uint64_t tile_bytes) {
  tensor_task task;
  task.tensor_ = decision.tensor;
  task.action_ = decision.action;
  task.info_ = job.source->tensors()[decision.tensor];
  if (!places.values || !task.info_.channel_axis)
    return fail(ec::internal, "the layout has no place for tensor \""
                                + printable(task.info_.name) + "\"");
  task.values_ = *places.values;
  task.output_ = output.files.at(places.values->file);
  if (!task.info_.held)
    task.file_ = job.source->files().files.at(task.info_.where.file).bytes;
  if (places.scales)
    task.scale_type_ = places.scales->type;
  TRIVIUM_TRY(task.cuts_, domain::cut_tiles(task.action_, task.info_.shape,
                                            *task.info_.channel_axis,
                                            task.info_.type, tile_bytes));
  TRIVIUM_TRY(const auto view,
              domain::view_along(task.info_.shape, *task.info_.channel_axis));
  TRIVIUM_TRY(task.source_bytes_, size_bytes(task.info_.type, view.elements()));
  task.errors_.resize(task.cuts_.size());
  task.measures_ = static_cast<size_t>(
    std::count_if(task.cuts_.begin(), task.cuts_.end(), [](const auto& cut) {
      return cut.step == tile_step::measure;
    }));
  if (task.action_ != scheme::q8_0) {
    task.scales_ = std::make_shared<std::vector<float>>(view.channels);
    if (task.measures_ > 0)
      task.absmax_bits_.resize(view.channels);
  }
  return task;
}

bool tensor_task::has_next() const {
  return next_ < cuts_.size()
         && (next_ < measures_ || measures_done_ == measures_);
}

tile_ptr tensor_task::next() {
  const auto& cut = cuts_[next_];
  const auto element_bytes = geometry(info_.type).bytes;
  auto tile = std::make_shared<tile_work>();
  tile->tensor = tensor_;
  tile->tensor_name = info_.name;
  tile->number = next_++;
  tile->action = action_;
  tile->step = cut.step;
  tile->view = cut.view;
  tile->first_channel = cut.first_channel;
  tile->source_type = info_.type;
  tile->scale_type = scale_type_;
  tile->file = file_;
  tile->held = info_.held;
  tile->source_offset =
    (info_.held ? 0 : info_.where.offset) + cut.first_element * element_bytes;
  tile->source_size = cut.elements() * element_bytes;
  if (cut.step == tile_step::encode)
    tile->scales = scales_;
  if (cut.step != tile_step::measure) {
    tile->output = output_;
    tile->output_offset = values_.offset + cut.values_offset;
    tile->output_size = cut.values_bytes;
  }
  return tile;
}

expected<void> tensor_task::take(const tile_result& result) {
  const auto& cut = cuts_.at(result.number);
  if (result.outcome.non_finite)
    return fail(
      ec::invalid_argument,
      "tensor \"" + printable(info_.name) + "\": element "
        + std::to_string(cut.first_element + *result.outcome.non_finite)
        + " is NaN or infinite; only finite weights are quantized");
  errors_[result.number] = result.outcome.errors;
  ++done_;
  if (cut.step == tile_step::measure) {
    for (size_t i = 0; i < result.absmax_bits.size(); ++i) {
      auto& largest = absmax_bits_[cut.first_channel + i];
      largest = std::max(largest, result.absmax_bits[i]);
    }
    if (++measures_done_ == measures_)
      std::transform(absmax_bits_.begin(), absmax_bits_.end(), scales_->begin(),
                     [&](uint32_t bits) {
                       return accelerators::channel_scale(action_, bits,
                                                          scale_type_);
                     });
  } else if (cut.step == tile_step::fuse && scales_) {
    std::copy(result.scales.begin(), result.scales.end(),
              scales_->begin() + static_cast<ptrdiff_t>(cut.first_channel));
  }
  return {};
}

std::shared_ptr<const std::vector<float>> tensor_task::take_scales() {
  const auto are_complete =
    measures_ > 0 ? measures_done_ == measures_ : is_done();
  if (!scales_ || scales_are_out_ || !are_complete)
    return nullptr;
  scales_are_out_ = true;
  return scales_;
}

error_sums tensor_task::errors() const {
  error_sums total;
  for (const auto& part : errors_)
    total += part;
  return total;
}

} // namespace trivium::actors
