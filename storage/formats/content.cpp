#include "storage/formats/content.hpp"

#include "messages/values/names.hpp"
#include "storage/formats/onnx_fields.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trivium::storage {

namespace {

using namespace std::string_view_literals;

/// Enough for a zip's first names and for tar's magic.
constexpr uint64_t start_bytes = 4096;

struct foreign_magic {
  uint64_t offset;
  std::string_view bytes;
  std::string_view refusal;
};

constexpr auto pickle_text = "a Python pickle: loading one runs its code; "
                             "save the model as safetensors"sv;
constexpr auto ggml_text = "a GGML file from before GGUF; convert it anew"sv;

constexpr std::array foreign_magics{
  foreign_magic{0, "\x80\x02"sv, pickle_text},
  foreign_magic{0, "\x80\x03"sv, pickle_text},
  foreign_magic{0, "\x80\x04"sv, pickle_text},
  foreign_magic{0, "\x80\x05"sv, pickle_text},
  foreign_magic{0, "\x89HDF\r\n\x1a\n"sv,
                "an HDF5 file (Keras): export the model as ONNX"},
  foreign_magic{0, "\x93NUMPY"sv, "a NumPy array, not a model"},
  foreign_magic{0, "\x1f\x8b"sv, "a gzip archive; unpack it first"},
  foreign_magic{0, "\x28\xb5\x2f\xfd"sv, "a zstd archive; unpack it first"},
  foreign_magic{257, "ustar"sv, "a tar archive; unpack it first"},
  foreign_magic{4, "TFL3"sv, "a TensorFlow Lite model, which is not read"},
  foreign_magic{0, "lmgg"sv, ggml_text},
  foreign_magic{0, "fmgg"sv, ggml_text},
  foreign_magic{0, "tjgg"sv, ggml_text},
  foreign_magic{0, "algg"sv, ggml_text},
  foreign_magic{0, "version https://git-lfs.github.com/spec/"sv,
                "a Git LFS pointer, not the model; run git lfs pull"},
};

bool has_at(std::string_view start, uint64_t offset, std::string_view bytes) {
  return start.size() >= offset && start.substr(offset).starts_with(bytes);
}

bool holds(std::string_view start, std::string_view bytes) {
  return start.find(bytes) != std::string_view::npos;
}

std::string zip_refusal(std::string_view start) {
  if (holds(start, "data.pkl"))
    return "a PyTorch archive holding a Python pickle: loading one runs its "
           "code; save the model as safetensors";
  if (holds(start, "model.weights.h5") || holds(start, "metadata.json"))
    return "a Keras archive: export the model as ONNX";
  if (holds(start, ".npy"))
    return "a NumPy archive (npz), not a model";
  return "a zip archive; unpack it first";
}

std::string foreign_refusal(std::string_view start) {
  if (start.empty())
    return "an empty file";
  if (start.starts_with("PK\x03\x04"sv) || start.starts_with("PK\x05\x06"sv))
    return zip_refusal(start);
  for (const auto& magic : foreign_magics)
    if (has_at(start, magic.offset, magic.bytes))
      return std::string{magic.refusal};
  return {};
}

/// A length of 64 bits that could be one, and the JSON behind it.
bool is_safetensors(std::string_view start) {
  return start.size() > 8 && start[8] == '{'
         && start.substr(5, 3) == "\0\0\0"sv;
}

/// Nothing that plain text does not hold: control characters, bytes that occur
/// in no UTF-8.
bool is_text(std::string_view start) {
  const auto is_strange = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f
           || byte == 0xc0 || byte == 0xc1 || byte >= 0xf5;
  };
  return std::none_of(start.begin(), start.end(), is_strange);
}

model_format format_of_name(std::string_view name) {
  if (name.ends_with(".gguf"))
    return model_format::gguf;
  if (name.ends_with(".safetensors"))
    return model_format::safetensors;
  if (name.ends_with(".onnx"))
    return model_format::onnx;
  return model_format::unknown;
}

} // namespace

expected<file_content> recognise(const readable_file& file,
                                 const std::string& name) {
  std::string start(std::min(start_bytes, file.size()), '\0');
  TRIVIUM_CHECK(file.read(0, std::as_writable_bytes(std::span{start})));
  if (auto refusal = foreign_refusal(start); !refusal.empty())
    return file_content{model_format::unknown, false, std::move(refusal)};
  if (start.starts_with("GGUF"))
    return file_content{model_format::gguf, false, {}};
  if (is_safetensors(start))
    return file_content{model_format::safetensors, false, {}};
  if (name.ends_with(".safetensors.index.json"))
    return file_content{model_format::safetensors, true, {}};
  TRIVIUM_TRY(const auto is_onnx, has_onnx_fields(file));
  if (is_onnx)
    return file_content{model_format::onnx, false, {}};
  if (is_text(start))
    return file_content{model_format::unknown, false, "text, not a model"};
  return file_content{format_of_name(name), false, {}};
}

} // namespace trivium::storage
