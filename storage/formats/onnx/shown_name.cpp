#include "storage/formats/onnx/shown_name.hpp"

#include "messages/values/names.hpp"

namespace trivium::storage::onnx_io {

std::string shown_name(std::string_view name) {
  constexpr size_t longest = 128;
  return "\"" + printable(name.substr(0, longest))
         + (name.size() > longest ? "…\"" : "\"");
}

} // namespace trivium::storage::onnx_io
