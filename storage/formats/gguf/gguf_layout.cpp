#include "storage/formats/gguf/gguf_source.hpp"
#include "storage/formats/gguf/metadata.hpp"
#include "storage/formats/output_builder.hpp"
#include "storage/formats/plan_check.hpp"

#include <algorithm>
#include <array>

namespace trivium::storage {

namespace {

struct setting {
  std::string_view name;
  uint32_t value;
};

/// What llama-quantize writes: LLAMA_FTYPE_MOSTLY_Q8_0 and GGML_QNT_VERSION.
constexpr std::array q8_0_settings{
  setting{"general.file_type", 7},
  setting{"general.quantization_version", 2},
};

const setting* setting_of(const gguf_key& key) {
  for (const auto& s : q8_0_settings)
    if (s.name == key.name)
      return &s;
  return nullptr;
}

/// Copies the keys as they stand but for the settings, which are replaced in
/// their place or put at the end.
void put_keys(output_builder& builder, const gguf_header& header) {
  auto from = header.keys_begin;
  for (const auto& key : header.keys)
    if (const auto* s = setting_of(key)) {
      builder.copied({0, from, key.begin - from});
      builder.literal(gguf_u32_key(s->name, s->value));
      from = key.end;
    }
  builder.copied({0, from, header.keys_end - from});
  for (const auto& s : q8_0_settings)
    if (std::none_of(header.keys.begin(), header.keys.end(),
                     [&](const auto& key) { return key.name == s.name; }))
      builder.literal(gguf_u32_key(s.name, s.value));
}

uint64_t count_with_settings(const gguf_header& header) {
  const auto present =
    std::count_if(header.keys.begin(), header.keys.end(),
                  [](const auto& key) { return setting_of(key) != nullptr; });
  return header.keys.size() + q8_0_settings.size()
         - static_cast<uint64_t>(present);
}

std::string file_start(uint64_t tensors, uint64_t keys) {
  std::string bytes = "GGUF";
  append_u32(bytes, 3);
  append_u64(bytes, tensors);
  append_u64(bytes, keys);
  return bytes;
}

} // namespace

std::string gguf_source::tensor_infos(std::span<const scheme> actions) const {
  std::string bytes;
  uint64_t offset = 0;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const auto& tensor = header_.tensors[i];
    append_text(bytes, tensor.name);
    append_u32(bytes, static_cast<uint32_t>(tensor.extents.size()));
    for (const auto extent : tensor.extents)
      append_u64(bytes, extent);
    append_u32(bytes,
               actions[i] == scheme::keep ? tensor.type->id : ggml_type_q8_0);
    append_u64(bytes, offset);
    offset += *bytes_under(i, actions[i]);
    offset =
      (offset + header_.alignment - 1) / header_.alignment * header_.alignment;
  }
  return bytes;
}

expected<output_layout>
gguf_source::lay_out(const quantization_plan& plan) const {
  TRIVIUM_TRY(const auto actions, checked_actions(plan, *this));
  const auto& source = files_.files[0];
  output_builder builder{source.path, source.role};
  if (plan.quantized() == 0) {
    builder.literal(file_start(tensors_.size(), header_.keys.size()));
    builder.copied(
      {0, header_.keys_begin, header_.keys_end - header_.keys_begin});
  } else {
    builder.literal(file_start(tensors_.size(), count_with_settings(header_)));
    put_keys(builder, header_);
  }
  builder.literal(tensor_infos(actions));
  builder.pad_to(header_.alignment);
  for (size_t i = 0; i < tensors_.size(); ++i) {
    if (actions[i] == scheme::keep)
      builder.copied(tensors_[i].where);
    else
      builder.computed({i, computed_part::values, tensor_type::q8_0},
                       *bytes_under(i, actions[i]));
    builder.pad_to(header_.alignment);
  }
  output_layout layout;
  layout.files.push_back(std::move(builder).finish());
  for (size_t i = 1; i < files_.files.size(); ++i)
    layout.files.push_back(copied_whole(files_.files[i].path,
                                        files_.files[i].role, i,
                                        files_.files[i].bytes->size()));
  return layout;
}

} // namespace trivium::storage
