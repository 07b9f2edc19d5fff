#include "storage/formats/safetensors/model_config.hpp"
#include "storage/formats/safetensors/shard_index.hpp"
#include "tests/fuzz/fuzzed_model.hpp"

#include <cstdlib>

namespace {

using namespace trivium;

/// What was added to a config.json has to be there when it is read again.
void extend_config(std::string_view text) {
  const auto extended = storage::with_quantization_config(text, "{}");
  if (!extended)
    return;
  const auto config = storage::read_model_config(*extended);
  if (!config || !config->is_quantized)
    std::abort();
}

/// An index that was read can be written and read with the same content.
void rewrite_index(std::string_view text) {
  const auto index = storage::read_shard_index(text);
  if (!index)
    return;
  const auto again =
    storage::read_shard_index(storage::write_shard_index(*index, 1));
  if (!again || again->weight_map != index->weight_map)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  fuzz::open_and_rewrite(bytes, model_format::safetensors, "model.safetensors",
                         scheme::int8_row_ct);
  if (!bytes.empty() && bytes.front() == '{') {
    extend_config(bytes);
    rewrite_index(bytes);
  }
  return 0;
}
