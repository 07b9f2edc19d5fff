#pragma once

#include "storage/formats/model_source.hpp"
#include "storage/formats/onnx/element_type.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/wire_scan.hpp"

#include <map>
#include <variant>

namespace trivium::storage::onnx_io {

/// What a token in the protobuf stands for.
struct tensor_content {
  std::variant<file_span, computed_bytes> from;
  uint64_t size = 0;
  /// raw_data, or the typed field whose varints `from` holds.
  uint32_t field = raw_data;
};

/// A TensorProto whose type, shape and data agree.
struct checked_tensor {
  element_type type;
  tensor_shape shape;
  uint64_t bytes = 0; ///< Of the elements; 0 for strings.
  file_span where;    ///< When `held` is not set.
  std::shared_ptr<const std::vector<std::byte>> held;
};

/// Data that has to be held in memory, all tensors together.
inline constexpr uint64_t max_held_bytes = uint64_t{256} << 20;

/// Tensors may share external data as tied weights do, and small constants more
/// often: all together may have so many times the files' bytes, and some more.
inline constexpr uint64_t max_shares = 4;
inline constexpr uint64_t max_shared_constants = uint64_t{16} << 20;

/// Checks the tensors of one model. Large data and external data become tokens
/// in raw_data that index `contents`; small data stays as it is.
class tensor_reader {
public:
  /// `payloads` of file 0 are what the tokens in the protobuf stand for.
  tensor_reader(const model_files& files,
                const std::vector<wire_payload>& payloads);

  /// Errors: invalid_argument when shape × type ≠ bytes or the data is not
  /// where it should be, unsupported for types that ONNX 1.22 does not know,
  /// not_found for external data outside the artifact, resource_exhausted
  /// above max_held_bytes and max_shares.
  [[nodiscard]] expected<checked_tensor> read(::onnx::TensorProto& tensor);

  [[nodiscard]] std::vector<tensor_content> take_contents() {
    return std::move(contents_);
  }

  /// By file of the model: does it hold external data of a tensor read so far?
  [[nodiscard]] const std::vector<bool>& named() const { return named_; }

private:
  expected<checked_tensor> checked(::onnx::TensorProto& tensor);
  expected<void> external(::onnx::TensorProto& tensor, checked_tensor& result);
  expected<void> spend_external(uint64_t bytes);
  expected<void> payload(size_t content, checked_tensor& result);
  expected<void> inlined(const ::onnx::TensorProto& tensor,
                         checked_tensor& result);
  expected<void> unpack(const file_span& varints, checked_tensor& result);
  expected<void> hold(std::vector<std::byte> bytes, checked_tensor& result);

  const model_files& files_;
  std::map<std::string, size_t> index_of_; ///< By path in the artifact.
  std::vector<bool> named_;
  std::vector<tensor_content> contents_;
  uint64_t external_left_ = max_shared_constants;
  uint64_t held_ = 0;
};

} // namespace trivium::storage::onnx_io
