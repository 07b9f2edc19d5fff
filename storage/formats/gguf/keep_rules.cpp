#include "storage/formats/gguf/keep_rules.hpp"

#include <algorithm>
#include <array>

namespace trivium::storage {

namespace {

struct kept_name {
  std::string_view part;
  std::string_view reason;
};

constexpr std::array kept_names{
  kept_name{"_norm.weight", "a norm"},
  kept_name{"ffn_gate_inp.weight", "chooses the expert of a mixture"},
  kept_name{"ffn_gate_tid2eid.weight", "a routing table"},
  kept_name{"altup", "very small"},
  kept_name{"laurel", "very small"},
  kept_name{"per_layer_model_proj", "small"},
  kept_name{"ssm_conv1d", "a small convolution"},
  kept_name{"shortconv.conv.weight", "a small convolution"},
  kept_name{"indexer.k_proj.weight", "a small indexer"},
  kept_name{"indexer.q_proj.weight", "a small indexer"},
  kept_name{"time_mix_first.weight", "small"},
  kept_name{"time_mix_w0.weight", "small"},
  kept_name{"time_mix_w1.weight", "small"},
  kept_name{"time_mix_w2.weight", "small"},
  kept_name{"time_mix_v0.weight", "small"},
  kept_name{"time_mix_v1.weight", "small"},
  kept_name{"time_mix_v2.weight", "small"},
  kept_name{"time_mix_a0.weight", "small"},
  kept_name{"time_mix_a1.weight", "small"},
  kept_name{"time_mix_a2.weight", "small"},
  kept_name{"time_mix_g1.weight", "small"},
  kept_name{"time_mix_g2.weight", "small"},
  kept_name{"time_mix_decay_w1.weight", "small"},
  kept_name{"time_mix_decay_w2.weight", "small"},
  kept_name{"time_mix_lerp_fused.weight", "small"},
  kept_name{"attn_rel_b.weight", "a position bias"},
  kept_name{"rope_freqs", "rotation frequencies"},
  kept_name{".position_embd", "positions"},
  kept_name{"sam_pos_embd", "positions"},
  kept_name{"sam_neck.", "part of an image encoder"},
  kept_name{"sam_net_", "part of an image encoder"},
  kept_name{".rel_pos", "positions"},
  kept_name{".patch_embd", "part of an image encoder"},
  kept_name{".patch_merger", "part of an image encoder"},
};

/// ggml does not count outer dimensions of extent 1.
size_t true_dimensions(const gguf_tensor& tensor) {
  auto count = tensor.extents.size();
  while (count > 1 && tensor.extents[count - 1] == 1)
    --count;
  return count;
}

bool has_part(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

} // namespace

std::string_view gguf_operator(const gguf_tensor& tensor) {
  const std::string_view name = tensor.name;
  if (has_part(name, "_norm"))
    return "Norm";
  if (name == "output.weight" || name == "cls.output.weight")
    return "Head";
  if (name == "token_embd.weight" || name == "position_embd.weight"
      || name == "token_types.weight" || name == "per_layer_token_embd.weight")
    return "Embedding";
  const auto dimensions = true_dimensions(tensor);
  if (name.ends_with(".weight") && dimensions >= 2 && dimensions <= 3)
    return "Linear";
  return "Other";
}

std::string gguf_keep_reason(const gguf_tensor& tensor) {
  const std::string_view name = tensor.name;
  if (!name.ends_with("weight"))
    return "not a weight";
  if (name == "position_embd.weight" || name == "token_types.weight")
    return "positions or token types";
  const auto listed =
    std::find_if(kept_names.begin(), kept_names.end(),
                 [&](const auto& kept) { return has_part(name, kept.part); });
  if (listed != kept_names.end())
    return std::string{listed->reason};
  const auto dimensions = true_dimensions(tensor);
  if (dimensions < 2 || dimensions > 3)
    return std::to_string(dimensions) + "-dimensional";
  if (!is_quantizable_source(tensor.type->type))
    return "stored as " + std::string{tensor.type->name};
  if (tensor.size == 0)
    return "holds no elements";
  if (tensor.extents.front() % geometry(tensor_type::q8_0).elements != 0)
    return "rows of " + std::to_string(tensor.extents.front())
           + " elements are no multiple of 32";
  return {};
}

} // namespace trivium::storage
