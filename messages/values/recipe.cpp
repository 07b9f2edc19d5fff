#include "messages/values/recipe.hpp"

#include <array>

namespace trivium {

namespace {

struct row {
  std::string_view name;
  model_format format;
};

constexpr std::array rows{
  row{"keep", model_format::unknown},
  row{"int8_channel", model_format::onnx},
  row{"int8_row_ct", model_format::safetensors},
  row{"q8_0", model_format::gguf},
};

} // namespace

std::string_view to_string(scheme s) {
  return rows.at(static_cast<size_t>(s)).name;
}

std::optional<scheme> scheme_from(std::string_view name) {
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name == name)
      return static_cast<scheme>(i);
  return std::nullopt;
}

bool is_scheme_of(scheme s, model_format format) {
  return s == scheme::keep || rows.at(static_cast<size_t>(s)).format == format;
}

} // namespace trivium
