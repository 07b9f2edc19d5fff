#include "storage/formats/model_source.hpp"

#include <new>

namespace trivium::storage {

namespace {

expected<std::unique_ptr<model_source>> open_format(model_files files) {
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

} // namespace

expected<std::unique_ptr<model_source>> open_model(model_files files) {
  if (files.files.empty())
    return fail(ec::invalid_argument, "a model without files");
  // A header may have 100 MB, and what is made of it some times that.
  try {
    return open_format(std::move(files));
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted,
                "not enough memory for the structure of the model");
  }
}

} // namespace trivium::storage
