#include "storage/formats/onnx/onnx_source.hpp"

#include "messages/values/shown_name.hpp"
#include "storage/formats/onnx/graph_rewrite.hpp"
#include "storage/formats/onnx/graph_signature.hpp"
#include "storage/formats/onnx/main_tensors.hpp"
#include "storage/formats/onnx/spliced_file.hpp"
#include "storage/formats/onnx/stripped_model.hpp"

#include <algorithm>
#include <new>

namespace trivium::storage {

namespace {

uint64_t stored_bytes(const tensor_info& info) {
  return info.held ? info.held->size() : info.where.size;
}

class onnx_source final : public model_source {
public:
  onnx_source(model_files files, std::unique_ptr<::onnx::ModelProto> proto,
              onnx_io::main_tensors tensors,
              std::vector<onnx_io::tensor_content> contents,
              std::vector<bool> inlined, const onnx_options& options)
    : files_(std::move(files)), proto_(std::move(proto)),
      tensors_(std::move(tensors)), contents_(std::move(contents)),
      inlined_(std::move(inlined)), options_(options) {}

  model_format format() const override { return model_format::onnx; }
  std::span<const tensor_info> tensors() const override {
    return tensors_.infos;
  }
  const model_files& files() const override { return files_; }
  std::vector<tensor_signature> inputs() const override {
    return onnx_io::graph_inputs(proto_->graph());
  }
  std::vector<tensor_signature> outputs() const override {
    return onnx_io::graph_outputs(proto_->graph());
  }

  expected<uint64_t> bytes_under(size_t tensor, scheme action) const override;
  expected<output_layout> lay_out(const quantization_plan& plan) const override;

private:
  expected<std::vector<size_t>> chosen(const quantization_plan& plan) const;
  expected<output_layout> written(const std::vector<size_t>& chosen) const;
  std::string data_file_name() const;

  model_files files_;
  std::unique_ptr<::onnx::ModelProto> proto_;
  onnx_io::main_tensors tensors_;
  std::vector<onnx_io::tensor_content> contents_;
  std::vector<bool> inlined_; ///< By file: its tensors stand in the main one.
  onnx_options options_;
};

expected<uint64_t> onnx_source::bytes_under(size_t tensor,
                                            scheme action) const {
  const auto& info = tensors_.infos.at(tensor);
  if (action == scheme::keep)
    return stored_bytes(info);
  const auto refused = [&](const std::string& why) {
    return fail(ec::unsupported,
                "onnx: tensor " + shown_name(info.name) + " cannot become "
                  + std::string{to_string(action)} + ": " + why);
  };
  if (action != scheme::int8_channel)
    return refused("ONNX models take int8_channel");
  if (!info.channel_axis)
    return refused(info.keep_reason);
  const auto width = geometry(info.type).bytes;
  return stored_bytes(info) / width + 4 * info.shape[*info.channel_axis];
}

expected<output_layout>
onnx_source::lay_out(const quantization_plan& plan) const {
  TRIVIUM_TRY(const auto tensors, chosen(plan));
  try {
    return written(tensors);
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted, "onnx: no memory for the new graph");
  }
}

expected<std::vector<size_t>>
onnx_source::chosen(const quantization_plan& plan) const {
  if (plan.decisions.size() != tensors_.infos.size())
    return fail(
      ec::invalid_argument,
      "onnx: the plan decides on " + std::to_string(plan.decisions.size())
        + " tensors, the model has " + std::to_string(tensors_.infos.size()));
  std::vector<size_t> tensors;
  for (size_t i = 0; i < plan.decisions.size(); ++i) {
    const auto& decision = plan.decisions[i];
    if (decision.tensor != i)
      return fail(ec::invalid_argument, "onnx: decision " + std::to_string(i)
                                          + " is about tensor "
                                          + std::to_string(decision.tensor));
    TRIVIUM_CHECK(bytes_under(i, decision.action));
    if (decision.action != scheme::keep)
      tensors.push_back(i);
  }
  return tensors;
}

expected<output_layout>
onnx_source::written(const std::vector<size_t>& chosen) const {
  auto model = *proto_;
  auto contents = contents_;
  onnx_io::quantize_weights(model, tensors_, chosen, contents);

  output_layout layout;
  TRIVIUM_TRY(auto main, onnx_io::splice(model, contents));
  output_file data;
  if (main.size > options_.main_file_bytes) {
    const auto folder =
      std::filesystem::path{files_.files[0].path}.parent_path();
    data.path = data_file_name();
    const auto location = std::filesystem::path{data.path}.filename().string();
    TRIVIUM_TRY(auto moved, onnx_io::move_out(model, contents, location));
    data.size = moved.size;
    data.segments = std::move(moved.segments);
    TRIVIUM_TRY(main, onnx_io::splice(model, contents));
  }
  if (main.size > options_.main_file_bytes)
    return fail(ec::resource_exhausted,
                "onnx: the graph and the data that is not in initializers "
                "have "
                  + std::to_string(main.size) + " bytes, the limit is "
                  + std::to_string(options_.main_file_bytes));
  main.path = files_.files[0].path;
  main.role = files_.files[0].role;
  layout.files.push_back(std::move(main));
  if (data.size > 0)
    layout.files.push_back(std::move(data));
  for (size_t i = 1; i < files_.files.size(); ++i) {
    if (inlined_[i])
      continue;
    const auto& file = files_.files[i];
    const auto size = file.bytes->size();
    output_file copy{file.path, file.role, size, {}};
    if (size > 0)
      copy.segments.push_back({0, size, copied_bytes{{i, 0, size}}});
    layout.files.push_back(std::move(copy));
  }
  return layout;
}

/// "<stem>.onnx.data" beside the main file, unless another file has that name.
std::string onnx_source::data_file_name() const {
  const auto main = std::filesystem::path{files_.files[0].path};
  const auto wanted =
    (main.parent_path() / (main.stem().string() + ".onnx.data"))
      .generic_string();
  auto name = wanted;
  const auto taken = [&] {
    for (size_t i = 0; i < files_.files.size(); ++i)
      if (!inlined_[i] && files_.files[i].path == name)
        return true;
    return false;
  };
  for (size_t i = 2; taken(); ++i)
    name = wanted + "_" + std::to_string(i);
  return name;
}

} // namespace

expected<std::unique_ptr<model_source>> open_onnx(model_files files,
                                                  const onnx_options& options) {
  if (files.files.empty())
    return fail(ec::invalid_argument, "onnx: no file");
  TRIVIUM_TRY(auto stripped, onnx_io::read_stripped(*files.files[0].bytes));
  if (stripped.proto->opset_import_size() == 0)
    return fail(ec::invalid_argument, "onnx: the model imports no opset");
  try {
    onnx_io::tensor_reader reader{files, stripped.payloads};
    TRIVIUM_TRY(auto tensors, onnx_io::list_tensors(*stripped.proto, reader));
    auto named = reader.named();
    return std::make_unique<onnx_source>(
      std::move(files), std::move(stripped.proto), std::move(tensors),
      reader.take_contents(), std::move(named), options);
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted, "onnx: no memory for the graph");
  }
}

expected<std::unique_ptr<model_source>> open_onnx(model_files files) {
  return open_onnx(std::move(files), onnx_options{});
}

} // namespace trivium::storage
