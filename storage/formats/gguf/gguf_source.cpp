#include "storage/formats/gguf/gguf_source.hpp"

#include "messages/values/shown_name.hpp"
#include "storage/formats/gguf/keep_rules.hpp"

namespace trivium::storage {

expected<std::unique_ptr<model_source>> gguf_source::make(model_files files) {
  if (files.files.empty())
    return fail(ec::invalid_argument, "gguf: a model without files");
  std::unique_ptr<gguf_source> source{new gguf_source};
  source->files_ = std::move(files);
  TRIVIUM_TRY(source->header_,
              read_gguf_header(*source->files_.files[0].bytes));
  if (source->header_.parts > 1)
    return fail(ec::unsupported,
                "gguf: one of " + std::to_string(source->header_.parts)
                  + " parts of a split model; merge them first "
                    "(llama-gguf-split --merge)");
  for (const auto& tensor : source->header_.tensors)
    source->add_tensor(tensor);
  return std::unique_ptr<model_source>{std::move(source)};
}

void gguf_source::add_tensor(const gguf_tensor& tensor) {
  auto& info = tensors_.emplace_back();
  info.name = tensor.name;
  info.type = tensor.type->type;
  info.shape.assign(tensor.extents.rbegin(), tensor.extents.rend());
  info.where = {0, header_.data_offset + tensor.offset, tensor.size};
  info.operators = {std::string{gguf_operator(tensor)}};
  info.keep_reason = gguf_keep_reason(tensor);
  if (info.keep_reason.empty())
    info.channel_axis = 0;
}

expected<uint64_t> gguf_source::bytes_under(size_t tensor,
                                            scheme action) const {
  if (tensor >= tensors_.size())
    return fail(ec::invalid_argument,
                "gguf: no tensor number " + std::to_string(tensor));
  const auto& info = tensors_[tensor];
  if (action == scheme::keep)
    return info.where.size;
  const auto what = "gguf: tensor " + shown_name(info.name);
  if (action != scheme::q8_0)
    return fail(ec::unsupported, what + ": gguf has no scheme "
                                   + std::string{to_string(action)});
  if (!info.channel_axis)
    return fail(ec::unsupported,
                what + " cannot be quantized: " + info.keep_reason);
  TRIVIUM_TRY(const auto elements, element_count(info.shape));
  return size_bytes(tensor_type::q8_0, elements);
}

expected<std::unique_ptr<model_source>> open_gguf(model_files files) {
  return gguf_source::make(std::move(files));
}

} // namespace trivium::storage
