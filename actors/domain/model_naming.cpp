#include "actors/domain/model_naming.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace trivium::domain {

namespace {

bool strip(std::string_view& name, std::string_view suffix) {
  if (name.size() <= suffix.size() || !name.ends_with(suffix))
    return false;
  name.remove_suffix(suffix.size());
  return true;
}

/// Takes "-00001-of-00002" off the end.
void strip_shard_number(std::string_view& name) {
  constexpr std::string_view pattern = "-00000-of-00000";
  if (name.size() <= pattern.size())
    return;
  const auto tail = name.substr(name.size() - pattern.size());
  for (size_t i = 0; i < pattern.size(); ++i) {
    const auto is_digit = tail[i] >= '0' && tail[i] <= '9';
    if (pattern[i] == '0' ? !is_digit : tail[i] != pattern[i])
      return;
  }
  name.remove_suffix(pattern.size());
}

} // namespace

std::string default_model_name(const std::filesystem::path& model) {
  const auto file =
    model.has_filename() ? model.filename() : model.parent_path().filename();
  const auto text = file.string();
  std::string_view name = text;
  constexpr std::array<std::string_view, 4> suffixes{
    ".safetensors.index.json", ".safetensors", ".onnx", ".gguf"};
  for (const auto suffix : suffixes)
    if (strip(name, suffix))
      break;
  strip_shard_number(name);
  return sanitised_name(name);
}

semver next_free_version(const semver& wanted, std::span<const semver> taken) {
  auto highest = wanted;
  for (const auto& version : taken)
    if (version.major == wanted.major && version.minor == wanted.minor)
      highest = std::max(highest, version);
  if (highest.patch < std::numeric_limits<uint64_t>::max())
    return highest.next_patch();
  return next_free_version({wanted.major, wanted.minor + 1, 0, {}, {}}, taken);
}

} // namespace trivium::domain
