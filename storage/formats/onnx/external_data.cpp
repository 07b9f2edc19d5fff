#include "storage/formats/onnx/external_data.hpp"

#include "messages/values/shown_name.hpp"
#include "storage/formats/onnx/external_entry.hpp"
#include "storage/formats/onnx/stripped_model.hpp"
#include "storage/formats/onnx/tensor_walk.hpp"

#include <set>

namespace trivium::storage {

expected<std::vector<std::string>>
onnx_external_files(const readable_file& model) {
  TRIVIUM_TRY(const auto stripped, onnx_io::read_stripped(model));
  std::set<std::string> files;
  TRIVIUM_CHECK(onnx_io::for_each_tensor(
    *stripped.proto, [&](::onnx::TensorProto& tensor) -> expected<void> {
      if (!onnx_io::is_external(tensor))
        return {};
      const auto entry = onnx_io::read_external_entry(tensor);
      if (!entry)
        return fail(entry.error().code, "onnx: tensor "
                                          + shown_name(tensor.name()) + ": "
                                          + entry.error().text);
      files.insert(entry->location);
      return {};
    }));
  return std::vector<std::string>{files.begin(), files.end()};
}

} // namespace trivium::storage
