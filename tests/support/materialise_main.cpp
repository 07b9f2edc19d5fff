// materialise_model MODEL.onnx FOLDER [MAIN_FILE_BYTES]: writes the variant in
// which every tensor that may be int8, is finite and gets smaller by it, is.
// One line a tensor: name, action, axis or reason to keep, separated by tabs.

#include "storage/formats/onnx/onnx_source.hpp"
#include "tests/support/materialise.hpp"
#include "tests/support/scalar_quantizer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

using namespace trivium;
using namespace trivium::storage;

namespace {

expected<bool> is_finite(const model_source& source, size_t index) {
  const auto& tensor = source.tensors()[index];
  std::vector<std::byte> scratch;
  std::span<const std::byte> bytes;
  if (tensor.held) {
    bytes = *tensor.held;
  } else {
    const auto& file = *source.files().files[tensor.where.file].bytes;
    TRIVIUM_TRY(bytes,
                file.view(tensor.where.offset, tensor.where.size, scratch));
  }
  const auto values = test::to_floats(bytes, tensor.type);
  return std::all_of(values.begin(), values.end(),
                     [](float x) { return std::isfinite(x); });
}

expected<quantization_plan> worthwhile(const model_source& source) {
  auto plan = test::plan_all(source, scheme::int8_channel);
  for (auto& decision : plan.decisions) {
    if (decision.action == scheme::keep)
      continue;
    TRIVIUM_TRY(const auto after,
                source.bytes_under(decision.tensor, decision.action));
    TRIVIUM_TRY(const auto before,
                source.bytes_under(decision.tensor, scheme::keep));
    TRIVIUM_TRY(const auto finite, is_finite(source, decision.tensor));
    if (after >= before || !finite)
      decision.action = scheme::keep;
  }
  return plan;
}

void report(const model_source& source, const quantization_plan& plan) {
  for (const auto& decision : plan.decisions) {
    const auto& tensor = source.tensors()[decision.tensor];
    std::cout << tensor.name << '\t' << to_string(decision.action) << '\t'
              << (tensor.channel_axis ? std::to_string(*tensor.channel_axis)
                                      : tensor.keep_reason)
              << '\n';
  }
}

expected<void> run(const std::filesystem::path& model,
                   const std::filesystem::path& folder,
                   const onnx_options& options) {
  TRIVIUM_TRY(auto files, discover_model(model));
  TRIVIUM_TRY(const auto source, open_onnx(std::move(files), options));
  TRIVIUM_TRY(const auto plan, worthwhile(*source));
  TRIVIUM_TRY(const auto layout, source->lay_out(plan));
  TRIVIUM_CHECK(test::materialise(*source, plan, layout, folder));
  report(*source, plan);
  return {};
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return 2;
  onnx_options options;
  if (argc > 3)
    options.main_file_bytes = std::strtoull(argv[3], nullptr, 10);
  const auto done = run(argv[1], argv[2], options);
  if (!done)
    std::cerr << done.error().text << '\n';
  return done ? 0 : 1;
}
