#include "storage/formats/safetensors/classify.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace trivium::storage {

namespace {

bool ends_with_any(std::string_view text, auto... endings) {
  return (text.ends_with(endings) || ...);
}

template <size_t N>
bool is_one_of(std::string_view text,
               const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

std::vector<std::string_view> components(std::string_view module) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto dot = module.find('.');
    parts.push_back(module.substr(0, dot));
    if (dot == std::string_view::npos)
      return parts;
    module.remove_prefix(dot + 1);
  }
}

/// torch.nn.Embedding: word_embeddings, embed_tokens, wte, T5's shared and
/// relative_attention_bias, …
bool is_embedding(std::string_view last) {
  constexpr std::array<std::string_view, 5> names{
    "wte", "wpe", "shared", "relative_attention_bias", "emb"};
  return is_one_of(last, names)
         || (last.starts_with("embed_") && last != "embed_out")
         || ends_with_any(last, "embedding", "embeddings", "_emb", "embed");
}

bool is_head(const std::vector<std::string_view>& parts) {
  constexpr std::array<std::string_view, 9> names{
    "lm_head", "embed_out", "classifier",      "score", "qa_outputs",
    "cls",     "lm_heads",  "vocab_projector", "head"};
  if (parts.size() == 1 && parts[0] == "output")
    return true;
  return std::any_of(parts.begin(), parts.end(),
                     [&](auto part) { return is_one_of(part, names); });
}

/// The layer of a mixture of experts that chooses the expert: tiny, and every
/// runtime wants it as float.
bool is_router(const std::vector<std::string_view>& parts) {
  constexpr std::array<std::string_view, 4> names{"gate", "router",
                                                  "shared_expert_gate", "wg"};
  return is_one_of(parts.back(), names)
         || std::find(parts.begin(), parts.end(), "router") != parts.end();
}

} // namespace

std::string_view module_of(std::string_view tensor_name) {
  constexpr std::string_view ending = ".weight";
  if (!tensor_name.ends_with(ending))
    return {};
  return tensor_name.substr(0, tensor_name.size() - ending.size());
}

tensor_use classify(std::string_view name, tensor_type type,
                    const tensor_shape& shape) {
  const auto module = module_of(name);
  if (module.empty())
    return {"Other", "not the weight of a module"};
  if (shape.size() == 1)
    return {"Norm", "one-dimensional"};
  if (shape.size() != 2)
    return {"Other", std::to_string(shape.size()) + "-dimensional, not 2"};
  const auto parts = components(module);
  if (is_router(parts))
    return {"Other", "chooses the expert of a mixture"};
  tensor_use use{"Linear", {}};
  if (is_embedding(parts.back()))
    use.operator_name = "Embedding";
  else if (is_head(parts))
    use.operator_name = "Head";
  if (!is_quantizable_source(type))
    use.keep_reason = "stored as " + std::string{to_string(type)};
  else if (shape[0] == 0 || shape[1] == 0)
    use.keep_reason = "holds no elements";
  return use;
}

} // namespace trivium::storage
