#include "storage/formats/named_files.hpp"

#include "storage/formats/onnx/external_data.hpp"
#include "storage/formats/safetensors/model_config.hpp"
#include "storage/formats/safetensors/shard_index.hpp"

namespace trivium::storage {

namespace {

expected<std::vector<std::string>> shards_named_by(const readable_file& index) {
  if (index.size() > max_config_bytes)
    return fail(ec::resource_exhausted,
                "safetensors: index of " + std::to_string(index.size())
                  + " bytes, the most is " + std::to_string(max_config_bytes));
  std::string text(index.size(), '\0');
  TRIVIUM_CHECK(index.read(0, std::as_writable_bytes(std::span{text})));
  TRIVIUM_TRY(const auto parsed, read_shard_index(text));
  return parsed.shards();
}

} // namespace

expected<std::vector<std::string>> files_named_by(const readable_file& main,
                                                  const file_content& content) {
  if (content.format == model_format::onnx)
    return onnx_external_files(main);
  if (content.is_shard_index)
    return shards_named_by(main);
  return std::vector<std::string>{};
}

} // namespace trivium::storage
