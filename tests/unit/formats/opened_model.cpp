#include "tests/unit/formats/opened_model.hpp"

#include "tests/support/materialise.hpp"

#include <stdexcept>

namespace trivium::test {

namespace {

using storage::model_source;

expected<std::unique_ptr<model_source>>
try_open(const std::filesystem::path& path) {
  TRIVIUM_TRY(auto files, storage::discover_model(path));
  return storage::open_model(std::move(files));
}

} // namespace

std::unique_ptr<model_source> opened(const std::filesystem::path& path) {
  auto model = try_open(path);
  if (!model)
    throw std::runtime_error(model.error().text);
  return *std::move(model);
}

std::string refusal_of(const std::filesystem::path& path) {
  const auto model = try_open(path);
  return model ? "opened" : model.error().text;
}

ec code_of(const std::filesystem::path& path) {
  const auto model = try_open(path);
  return model ? ec::none : model.error().code;
}

const storage::tensor_info& tensor_of(const model_source& model,
                                      std::string_view name) {
  for (const auto& tensor : model.tensors())
    if (tensor.name == name)
      return tensor;
  throw std::runtime_error("no tensor " + std::string{name});
}

std::string bytes_of(const model_source& model, std::string_view name) {
  const auto& where = tensor_of(model, name).where;
  std::string bytes(where.size, '\0');
  const auto read = model.files().files[where.file].bytes->read(
    where.offset, std::as_writable_bytes(std::span{bytes}));
  if (!read)
    throw std::runtime_error(read.error().text);
  return bytes;
}

void rewrite(const model_source& model, scheme action,
             const std::filesystem::path& folder) {
  const auto plan = plan_all(model, action);
  const auto layout = model.lay_out(plan);
  if (!layout)
    throw std::runtime_error(layout.error().text);
  const auto written = materialise(model, plan, *layout, folder);
  if (!written)
    throw std::runtime_error(written.error().text);
}

} // namespace trivium::test
