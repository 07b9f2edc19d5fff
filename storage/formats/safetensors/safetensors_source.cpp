#include "storage/formats/safetensors/safetensors_source.hpp"

#include "messages/values/names.hpp"
#include "messages/values/shown_name.hpp"
#include "storage/formats/safetensors/classify.hpp"
#include "storage/formats/tensor_limits.hpp"

#include <algorithm>
#include <unordered_set>

namespace trivium::storage {

namespace {

constexpr std::string_view index_ending = ".safetensors.index.json";

expected<std::string> whole_text(const model_file& file) {
  if (file.bytes->size() > max_config_bytes)
    return fail(ec::resource_exhausted,
                "safetensors: " + printable(file.path) + " has "
                  + std::to_string(file.bytes->size()) + " bytes, the most is "
                  + std::to_string(max_config_bytes));
  std::string text(file.bytes->size(), '\0');
  TRIVIUM_CHECK(file.bytes->read(0, std::as_writable_bytes(std::span{text})));
  return text;
}

/// GPT-2's Conv1D holds [inputs, outputs]: its channels are the columns, and
/// compressed-tensors knows it not. Told by the fused q, k, v projection.
bool has_conv1d(std::span<const tensor_info> tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const auto& t) {
    return t.name.ends_with("c_attn.weight") && t.shape.size() == 2
           && t.shape[1] / 3 == t.shape[0] && t.shape[1] % 3 == 0;
  });
}

bool is_conv1d_name(std::string_view name) {
  return name.ends_with("c_attn.weight") || name.ends_with("q_attn.weight")
         || name.ends_with("c_proj.weight") || name.ends_with("c_fc.weight");
}

void keep(tensor_info& tensor, std::string reason) {
  tensor.channel_axis.reset();
  tensor.keep_reason = std::move(reason);
}

} // namespace

expected<std::unique_ptr<model_source>>
safetensors_source::make(model_files files) {
  if (files.files.empty())
    return fail(ec::invalid_argument, "safetensors: a model without files");
  std::unique_ptr<safetensors_source> source{new safetensors_source};
  source->files_ = std::move(files);
  TRIVIUM_CHECK(source->read_shards());
  TRIVIUM_CHECK(source->read_config());
  source->keep_special_tensors();
  return std::unique_ptr<model_source>{std::move(source)};
}

expected<void> safetensors_source::read_shards() {
  const auto& files = files_.files;
  if (!files[0].path.ends_with(index_ending))
    return add_shard(0);
  TRIVIUM_TRY(const auto text, whole_text(files[0]));
  TRIVIUM_TRY(index_, read_shard_index(text));
  for (const auto& name : index_->shards()) {
    const auto file =
      std::find_if(files.begin(), files.end(),
                   [&](const auto& f) { return f.path == name; });
    if (file == files.end())
      return fail(ec::not_found, "safetensors: shard " + printable(name)
                                   + ", named by the index, is missing");
    TRIVIUM_CHECK(add_shard(static_cast<size_t>(file - files.begin())));
  }
  return check_index();
}

expected<void> safetensors_source::add_shard(size_t file) {
  const auto where = index_
                       ? "safetensors: " + printable(files_.files[file].path)
                       : std::string{"safetensors"};
  TRIVIUM_TRY(auto header,
              read_safetensors_header(*files_.files[file].bytes, where));
  const auto first = tensors_.size();
  if (header.entries.size() > max_tensors - first)
    return fail(ec::resource_exhausted, where + ": more than "
                                          + std::to_string(max_tensors)
                                          + " tensors in the model");
  for (const auto& entry : header.entries) {
    auto use = classify(entry.name, entry.dtype->type, entry.shape);
    auto& tensor = tensors_.emplace_back();
    tensor.name = entry.name;
    tensor.type = entry.dtype->type;
    tensor.shape = entry.shape;
    tensor.where = {file, header.data_offset + entry.begin, entry.size()};
    tensor.operators = {std::string{use.operator_name}};
    if (use.keep_reason.empty())
      tensor.channel_axis = 0;
    tensor.keep_reason = std::move(use.keep_reason);
  }
  shards_.push_back({file, std::move(header), first});
  return {};
}

/// Both directions: what the index names is there, what is there is named.
expected<void> safetensors_source::check_index() const {
  const auto& map = index_->weight_map;
  for (const auto& tensor : tensors_) {
    const auto& file = files_.files[tensor.where.file].path;
    const auto named = map.find(tensor.name);
    if (named == map.end() || named->second != file)
      return fail(
        ec::invalid_argument,
        "safetensors: tensor " + shown_name(tensor.name) + " lies in "
          + printable(file) + ", the index says "
          + (named == map.end() ? "nothing of it" : printable(named->second)));
  }
  if (map.size() == tensors_.size())
    return {};
  std::unordered_set<std::string_view> present;
  for (const auto& tensor : tensors_)
    present.insert(tensor.name);
  for (const auto& [name, file] : map)
    if (!present.contains(name))
      return fail(ec::invalid_argument,
                  "safetensors: tensor " + shown_name(name) + " is not in "
                    + printable(file) + ", which the index names");
  return {};
}

expected<void> safetensors_source::read_config() {
  for (size_t i = 0; i < files_.files.size(); ++i)
    if (files_.files[i].path == "config.json")
      config_file_ = i;
  if (!config_file_)
    return {};
  TRIVIUM_TRY(config_text_, whole_text(files_.files[*config_file_]));
  // Python writes Infinity where JSON has no word for it: such a model can be
  // read, but its config.json not be extended.
  if (auto config = read_model_config(config_text_))
    config_ = *std::move(config);
  else
    config_problem_ = config.error().text;
  return {};
}

void safetensors_source::keep_special_tensors() {
  std::unordered_set<std::string_view> names;
  for (const auto& tensor : tensors_)
    names.insert(tensor.name);
  const auto is_conv1d_model = has_conv1d(tensors_);
  for (auto& tensor : tensors_) {
    if (!tensor.channel_axis)
      continue;
    if (config_.is_quantized)
      keep(tensor, "config.json says that the model is quantized already");
    else if (names.contains(tensor.name + "_scale"))
      keep(tensor, "has a scale, so it is quantized already");
    else if (is_conv1d_model && is_conv1d_name(tensor.name)) {
      keep(tensor, "a Conv1D, stored [inputs, outputs]");
      tensor.operators = {"Other"};
    }
  }
}

expected<uint64_t> safetensors_source::bytes_under(size_t tensor,
                                                   scheme action) const {
  if (tensor >= tensors_.size())
    return fail(ec::invalid_argument,
                "safetensors: no tensor number " + std::to_string(tensor));
  const auto& info = tensors_[tensor];
  if (action == scheme::keep)
    return info.where.size;
  const auto what = "safetensors: tensor " + shown_name(info.name);
  if (action != scheme::int8_row_ct)
    return fail(ec::unsupported, what + ": safetensors has no scheme "
                                   + std::string{to_string(action)});
  if (!info.channel_axis)
    return fail(ec::unsupported,
                what + " cannot be quantized: " + info.keep_reason);
  return info.shape[0] * info.shape[1]
         + info.shape[0] * geometry(info.type).bytes;
}

expected<std::unique_ptr<model_source>> open_safetensors(model_files files) {
  return safetensors_source::make(std::move(files));
}

} // namespace trivium::storage
