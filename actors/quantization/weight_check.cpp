#include "actors/quantization/weight_check.hpp"

#include "accelerators/cpu/arithmetic.hpp"
#include "accelerators/layer_check.hpp"
#include "actors/domain/gate.hpp"
#include "actors/domain/made_up_inputs.hpp"
#include "messages/values/names.hpp"
#include "storage/golden/npy.hpp"

#include <algorithm>
#include <cstring>

namespace trivium::actors {

namespace {

namespace arithmetic = accelerators::arithmetic;

constexpr uint64_t synthetic_samples = 16;
constexpr uint64_t synthetic_seed = 1;
constexpr uint64_t block_elements = uint64_t{1} << 20; ///< Of W at a time.
constexpr uint64_t calibration_limit = uint64_t{256} << 20;

/// One weight as a layer: rows are outputs.
struct layer {
  const storage::tensor_info* info = nullptr;
  const tensor_decision* decision = nullptr;
  tensor_places places;
  uint64_t outputs = 0;
  uint64_t inputs = 0;
};

template <class T>
T load(std::span<const std::byte> bytes, uint64_t index) {
  T value{};
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

void widen(tensor_type type, std::span<const std::byte> bytes,
           std::vector<float>& out) {
  for (uint64_t i = 0; i < out.size(); ++i)
    switch (type) {
    case tensor_type::f16:
      out[i] = arithmetic::from_f16(load<uint16_t>(bytes, i));
      break;
    case tensor_type::bf16:
      out[i] = arithmetic::from_bf16(load<uint16_t>(bytes, i));
      break;
    default:
      out[i] = load<float>(bytes, i);
    }
}

void dequantize_q8_0(std::span<const std::byte> blocks,
                     std::vector<float>& out) {
  constexpr uint64_t elements = 32;
  constexpr uint64_t bytes = 34;
  for (uint64_t i = 0; i < out.size(); ++i) {
    const auto block = blocks.subspan(i / elements * bytes, bytes);
    out[i] = arithmetic::from_f16(load<uint16_t>(block, 0))
             * static_cast<float>(static_cast<int8_t>(block[2 + i % elements]));
  }
}

/// Reads W and Ŵ of one layer, some rows at a time.
class layer_reader {
public:
  layer_reader(
    const layer& of, const storage::model_files& source,
    const std::vector<std::shared_ptr<const storage::readable_file>>& output)
    : layer_(of), source_(source), output_(output) {}

  expected<void> read(uint64_t row, uint64_t rows) {
    const auto elements = rows * layer_.inputs;
    const auto first = row * layer_.inputs;
    w.resize(elements);
    approximation.resize(elements);
    const auto width = geometry(layer_.info->type).bytes;
    const auto& where = layer_.info->where;
    const auto& file = *source_.files.at(where.file).bytes;
    TRIVIUM_TRY(const auto source, file.view(where.offset + first * width,
                                             elements * width, scratch_));
    widen(layer_.info->type, source, w);
    file.release(where.offset + first * width, elements * width);
    return read_quantized(row, rows);
  }

  std::vector<float> w;
  std::vector<float> approximation;

private:
  expected<void> read_quantized(uint64_t row, uint64_t rows) {
    const auto& values = *layer_.places.values;
    const auto& file = *output_.at(values.file);
    const auto block =
      geometry(layer_.decision->action == scheme::q8_0 ? tensor_type::q8_0
                                                       : tensor_type::i8);
    const auto first = row * layer_.inputs / block.elements * block.bytes;
    const auto size = rows * layer_.inputs / block.elements * block.bytes;
    TRIVIUM_TRY(const auto bytes,
                file.view(values.offset + first, size, scratch_));
    if (layer_.decision->action == scheme::q8_0) {
      dequantize_q8_0(bytes, approximation);
      return {};
    }
    for (uint64_t i = 0; i < approximation.size(); ++i)
      approximation[i] = static_cast<int8_t>(bytes[i]);
    const auto& scales = *layer_.places.scales;
    const auto width = geometry(scales.type).bytes;
    TRIVIUM_TRY(const auto scale_bytes,
                output_.at(scales.file)
                  ->view(scales.offset + row * width, rows * width, scratch_));
    scales_.resize(rows);
    widen(scales.type, scale_bytes, scales_);
    for (uint64_t i = 0; i < approximation.size(); ++i)
      approximation[i] *= scales_[i / layer_.inputs];
    return {};
  }

  const layer& layer_;
  const storage::model_files& source_;
  const std::vector<std::shared_ptr<const storage::readable_file>>& output_;
  std::vector<std::byte> scratch_;
  std::vector<float> scales_;
};

std::vector<float> floats_of(const tensor_value& array) {
  std::vector<float> x(array.bytes.size() / sizeof(float));
  std::memcpy(x.data(), array.bytes.data(), x.size() * sizeof(float));
  return x;
}

/// X of one layer: the calibration's, or made up.
expected<std::vector<float>> samples_for(const weight_check& what,
                                         const layer& of) {
  if (what.calibration.empty()) {
    const tensor_signature x{"x",
                             tensor_type::f32,
                             {static_cast<int64_t>(synthetic_samples),
                              static_cast<int64_t>(of.inputs)}};
    TRIVIUM_TRY(const auto made_up,
                domain::made_up_inputs({&x, 1}, {}, synthetic_seed));
    return floats_of(made_up.front());
  }
  const auto path = what.calibration / (sanitised_name(of.info->name) + ".npy");
  TRIVIUM_TRY(const auto file, storage::readable_file::open(path));
  TRIVIUM_TRY(const auto array, storage::read_npy(*file, calibration_limit));
  if (array.type != tensor_type::f32 || array.shape.size() != 2
      || array.shape[1] != of.inputs || array.shape[0] == 0)
    return fail(ec::invalid_argument, printable(path.native()) + ": "
                                        + std::string{to_string(array.type)}
                                        + " " + to_string(array.shape)
                                        + ", wanted f32 [samples, "
                                        + std::to_string(of.inputs) + "]");
  return floats_of(array);
}

expected<error_sums> compare_layer(
  const weight_check& what, const layer& of,
  const std::vector<std::shared_ptr<const storage::readable_file>>& output,
  const cancel_token& cancel) {
  TRIVIUM_TRY(const auto x, samples_for(what, of));
  layer_reader reader{of, what.job->source->files(), output};
  const auto rows_a_block = std::max<uint64_t>(1, block_elements / of.inputs);
  error_sums total;
  for (uint64_t row = 0; row < of.outputs; row += rows_a_block) {
    if (cancel.is_cancelled())
      return fail(ec::cancelled, "stopped while verifying");
    const auto rows = std::min(rows_a_block, of.outputs - row);
    TRIVIUM_CHECK(reader.read(row, rows));
    TRIVIUM_TRY(const auto sums, accelerators::compare_layer_outputs(
                                   x, reader.w, reader.approximation,
                                   x.size() / of.inputs, of.inputs, rows));
    total += sums;
  }
  return total;
}

std::vector<layer> layers_of(const planned_job& job) {
  const auto tensors = job.source->tensors();
  const auto places = places_of(job.layout, tensors.size());
  std::vector<layer> layers;
  for (const auto& decision : job.plan.decisions) {
    const auto& info = tensors[decision.tensor];
    const auto& place = places[decision.tensor];
    const auto is_row_scaled =
      info.channel_axis == 0u || decision.action == scheme::q8_0;
    if (decision.action == scheme::keep || info.shape.size() < 2
        || !is_row_scaled || !place.values || info.shape.back() == 0)
      continue;
    auto elements = element_count(info.shape);
    if (!elements || *elements == 0)
      continue;
    layers.push_back({&info, &decision, place, *elements / info.shape.back(),
                      info.shape.back()});
  }
  return layers;
}

} // namespace

expected<verification>
check_weights(const weight_check& what, const cancel_token& cancel,
              const std::function<void(uint64_t, uint64_t)>& report) {
  std::vector<std::shared_ptr<const storage::readable_file>> output;
  for (const auto& file : what.job->layout.files) {
    TRIVIUM_TRY(auto opened,
                storage::readable_file::open(what.folder / file.path));
    output.push_back(std::move(opened));
  }
  const auto layers = layers_of(*what.job);
  domain::gate_figures figures;
  figures.layer_inputs_are_synthetic = what.calibration.empty();
  figures.absence = "the format holds no graph";
  output_figures worst{std::numeric_limits<double>::infinity(), 1, 0, {}};
  for (const auto& one : layers) {
    TRIVIUM_TRY(const auto sums, compare_layer(what, one, output, cancel));
    if (!(sums.sqnr_db() >= worst.min_sqnr_db)) {
      worst.min_sqnr_db = sums.sqnr_db();
      worst.worst = one.info->name;
    }
    worst.min_cosine = std::min(worst.min_cosine, sums.cosine());
    worst.max_error = std::max(worst.max_error, sums.max_error);
    figures.layers.push_back({one.info->name, sums});
    report(figures.layers.size(), layers.size());
  }
  const auto judged = domain::judge(what.gate, figures);
  verification result;
  result.verdict = judged.given;
  result.gate_met = judged.is_met;
  result.reasons = judged.reasons;
  if (!layers.empty())
    result.layers = worst;
  result.cases = layers.size();
  result.inputs = what.calibration.empty()
                    ? "synthetic X: " + std::to_string(synthetic_samples)
                        + " samples of N(0, 1), seed "
                        + std::to_string(synthetic_seed)
                    : "calibration " + what.calibration.filename().native();
  result.executor = accelerators::onednn_name();
  result.precision = "f32";
  return result;
}

} // namespace trivium::actors
