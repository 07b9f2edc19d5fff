#include "storage/formats/model_source.hpp"

namespace trivium::storage {

expected<std::unique_ptr<model_source>> open_model(model_files files) {
  if (files.files.empty())
    return fail(ec::invalid_argument, "a model without files");
  switch (files.format) {
  case model_format::onnx:
    return open_onnx(std::move(files));
  case model_format::safetensors:
    return open_safetensors(std::move(files));
  case model_format::gguf:
    return open_gguf(std::move(files));
  case model_format::unknown:
    break;
  }
  return fail(ec::unsupported, "a model of unknown format");
}

} // namespace trivium::storage
