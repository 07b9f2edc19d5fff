#include "storage/formats/companions.hpp"

#include <algorithm>
#include <array>

namespace trivium::storage {

namespace {

constexpr std::array<std::string_view, 5> config_names{
  "config.json", "generation_config.json", "preprocessor_config.json",
  "processor_config.json", "chat_template.jinja"};

constexpr std::array<std::string_view, 8> tokenizer_names{
  "special_tokens_map.json",
  "added_tokens.json",
  "merges.txt",
  "vocab.txt",
  "vocab.json",
  "tokenizer.model",
  "chat_template.json",
  "spiece.model"};

template <size_t N>
bool is_one_of(std::string_view name,
               const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::optional<file_role> companion_role(std::string_view name) {
  if (is_one_of(name, config_names))
    return file_role::config;
  const auto is_named = [&](std::string_view start, std::string_view end) {
    return name.starts_with(start) && name.ends_with(end);
  };
  if (is_one_of(name, tokenizer_names) || is_named("tokenizer", ".json")
      || is_named("vocab", ".txt") || is_named("vocab", ".json")
      || is_named("sentencepiece", ".model") || is_named("", ".bpe.model"))
    return file_role::tokenizer;
  return std::nullopt;
}

} // namespace trivium::storage
