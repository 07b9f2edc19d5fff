#include "storage/formats/output_builder.hpp"
#include "storage/formats/plan_check.hpp"
#include "storage/formats/safetensors/classify.hpp"
#include "storage/formats/safetensors/safetensors_source.hpp"

#include <algorithm>
#include <numeric>

namespace trivium::storage {

namespace {

/// One tensor of an output file, before it has its place.
struct placed_tensor {
  safetensors_entry entry;
  std::variant<copied_bytes, computed_bytes> content;
};

std::string scale_name(const std::string& weight) { return weight + "_scale"; }

placed_tensor quantized_values(const safetensors_entry& entry, size_t tensor) {
  return {{entry.name, dtype_of(tensor_type::i8), entry.shape, 0,
           entry.shape[0] * entry.shape[1]},
          computed_bytes{tensor, computed_part::values, tensor_type::i8}};
}

placed_tensor scales(const safetensors_entry& entry, size_t tensor) {
  const auto type = entry.dtype->type;
  return {{scale_name(entry.name),
           entry.dtype,
           {entry.shape[0], 1},
           0,
           entry.shape[0] * geometry(type).bytes},
          computed_bytes{tensor, computed_part::scales, type}};
}

/// Wide elements first, as the reference writer sorts: each tensor then begins
/// at a multiple of its element's size, which readers that map the file want.
void give_places(std::vector<placed_tensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const auto& a, const auto& b) {
                     return a.entry.dtype->bits > b.entry.dtype->bits;
                   });
  uint64_t end = 0;
  for (auto& tensor : tensors) {
    const auto size = tensor.entry.size();
    tensor.entry.begin = end;
    tensor.entry.end = end += size;
  }
}

bool writes_lm_head(const std::string& architecture) {
  return architecture.ends_with("ForCausalLM")
         || architecture.ends_with("LMHeadModel")
         || architecture.ends_with("ForConditionalGeneration");
}

/// True for what a runtime holds as a Linear module.
bool is_linear_module(const tensor_info& tensor) {
  return tensor.shape.size() == 2 && is_quantizable_source(tensor.type)
         && !module_of(tensor.name).empty()
         && tensor.operators.front() != "Embedding";
}

compressed_modules modules_under(std::span<const tensor_info> tensors,
                                 std::span<const scheme> actions,
                                 const model_config& config) {
  compressed_modules modules;
  auto has_lm_head = false;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const std::string module{module_of(tensors[i].name)};
    const auto is_kept = actions[i] == scheme::keep;
    has_lm_head |= module == "lm_head" || module.ends_with(".lm_head");
    if (is_kept && is_linear_module(tensors[i]))
      modules.ignore.push_back(module);
    else if (!is_kept && tensors[i].operators.front() == "Embedding")
      modules.embeddings.push_back(module);
  }
  // Tied to the embedding: a Linear in the runtime, no tensor in the file.
  if (!has_lm_head
      && std::any_of(config.architectures.begin(), config.architectures.end(),
                     writes_lm_head))
    modules.ignore.emplace_back("lm_head");
  std::sort(modules.ignore.begin(), modules.ignore.end());
  std::sort(modules.embeddings.begin(), modules.embeddings.end());
  return modules;
}

} // namespace

expected<output_file>
safetensors_source::lay_out_shard(const safetensors_shard& shard,
                                  std::span<const scheme> actions) const {
  std::vector<placed_tensor> placed;
  for (size_t i = 0; i < shard.header.entries.size(); ++i) {
    const auto& entry = shard.header.entries[i];
    const auto tensor = shard.first_tensor + i;
    if (actions[tensor] == scheme::keep) {
      placed.push_back({entry, copied_bytes{tensors_[tensor].where}});
    } else {
      placed.push_back(quantized_values(entry, tensor));
      placed.push_back(scales(entry, tensor));
    }
  }
  give_places(placed);
  std::vector<safetensors_entry> entries;
  for (const auto& tensor : placed)
    entries.push_back(tensor.entry);
  auto header = write_safetensors_header(entries, shard.header.metadata);
  if (header.size() > max_safetensors_header)
    return fail(ec::unsupported, "safetensors: the output's header would have "
                                   + std::to_string(header.size())
                                   + " bytes, the most is "
                                   + std::to_string(max_safetensors_header));
  const auto& source = files_.files[shard.file];
  output_builder builder{source.path, source.role};
  builder.literal(std::move(header));
  for (const auto& tensor : placed)
    if (const auto* copy = std::get_if<copied_bytes>(&tensor.content))
      builder.copied(copy->from);
    else
      builder.computed(std::get<computed_bytes>(tensor.content),
                       tensor.entry.size());
  return std::move(builder).finish();
}

output_file
safetensors_source::lay_out_index(std::span<const scheme> actions) const {
  auto index = *index_;
  uint64_t total_size = 0;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    total_size += *bytes_under(i, actions[i]);
    if (actions[i] != scheme::keep)
      index.weight_map.emplace(scale_name(tensors_[i].name),
                               files_.files[tensors_[i].where.file].path);
  }
  output_builder builder{files_.files[0].path, files_.files[0].role};
  builder.literal(write_shard_index(index, total_size));
  return std::move(builder).finish();
}

expected<output_file>
safetensors_source::lay_out_config(std::span<const scheme> actions) const {
  if (!config_problem_.empty())
    return fail(ec::unsupported,
                config_problem_ + "; quantizing has to extend it");
  const auto value =
    quantization_config(modules_under(tensors_, actions, config_));
  TRIVIUM_TRY(auto text, with_quantization_config(config_text_, value));
  output_builder builder{"config.json", file_role::config};
  builder.literal(std::move(text));
  return std::move(builder).finish();
}

expected<output_layout>
safetensors_source::lay_out(const quantization_plan& plan) const {
  TRIVIUM_TRY(const auto actions, checked_actions(plan, *this));
  const auto is_changed = plan.quantized() > 0;
  output_layout layout;
  for (size_t i = 0; i < files_.files.size(); ++i) {
    const auto& file = files_.files[i];
    const auto shard = std::find_if(shards_.begin(), shards_.end(),
                                    [&](const auto& s) { return s.file == i; });
    if (shard != shards_.end()) {
      TRIVIUM_TRY(auto output, lay_out_shard(*shard, actions));
      layout.files.push_back(std::move(output));
    } else if (index_ && i == 0) {
      layout.files.push_back(lay_out_index(actions));
    } else if (config_file_ == i && is_changed) {
      TRIVIUM_TRY(auto output, lay_out_config(actions));
      layout.files.push_back(std::move(output));
    } else {
      layout.files.push_back(
        copied_whole(file.path, file.role, i, file.bytes->size()));
    }
  }
  if (is_changed && !config_file_) {
    TRIVIUM_TRY(auto output, lay_out_config(actions));
    layout.files.push_back(std::move(output));
  }
  return layout;
}

} // namespace trivium::storage
