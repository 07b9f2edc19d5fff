#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/manifest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trivium {

/// How one tensor is stored in the variant.
enum class scheme : uint8_t {
  keep = 0,
  /// int8, symmetric, one f32 scale = absmax/127 a channel (1 for an all-zero
  /// channel), round half even. ONNX QuantizeLinear.
  int8_channel,
  /// int8, symmetric, one scale = absmax/127.5 a row in the weight's own type,
  /// as compressed-tensors' int-quantized.
  int8_row_ct,
  /// ggml Q8_0: blocks of 32, f16 scale = absmax/127, round half away.
  q8_0
};

[[nodiscard]] std::string_view to_string(scheme s);

/// The inverse of to_string; nothing for anything else.
[[nodiscard]] std::optional<scheme> scheme_from(std::string_view name);

/// True where a file of `format` can hold tensors under `s`: int8_channel in
/// ONNX, int8_row_ct in safetensors, q8_0 in GGUF, keep everywhere.
[[nodiscard]] bool is_scheme_of(scheme s, model_format format);

/// One line of a recipe; the first that matches a tensor decides.
struct recipe_rule {
  std::string name; ///< Glob over the tensor's name; "*" = all.
  std::vector<std::string> operators; ///< Any of these consumers; empty = all.
  uint64_t min_elements = 0;
  scheme action = scheme::keep;
};

/// Thresholds of exact mode; an absent one is not checked.
struct recipe_gate {
  std::optional<double>
    min_output_sqnr_db; ///< Of each graph output, all cases.
  std::optional<double> min_output_cosine;
  std::optional<double> max_output_error;  ///< Largest |y − ŷ|.
  std::optional<double> min_layer_sqnr_db; ///< X·W against X·Ŵ, worst layer.
};

/// One format's part of a recipe.
struct recipe_target {
  model_format format = model_format::unknown;
  std::vector<recipe_rule> rules;
  recipe_gate gate;
};

/// What a YAML file under config/recipes says.
struct recipe {
  std::string name;
  std::string description;
  digest sha256;    ///< Of the parsed content in canonical form.
  std::string yaml; ///< What it was parsed from; no part of its identity.
  std::vector<recipe_target> targets;

  [[nodiscard]] const recipe_target* target(model_format format) const {
    for (const auto& t : targets)
      if (t.format == format)
        return &t;
    return nullptr;
  }
};

} // namespace trivium
