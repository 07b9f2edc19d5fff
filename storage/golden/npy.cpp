#include "storage/golden/npy.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

template <class T>
expected<T> in_file(const readable_file& file, expected<T> result) {
  if (!result)
    result.error().text = shown(file.path()) + ": " + result.error().text;
  return result;
}

expected<npy_header> read_header(const readable_file& file) {
  std::vector<std::byte> bytes(npy_prefix_bytes);
  if (file.size() < bytes.size())
    return fail(ec::invalid_argument, "npy: " + std::to_string(file.size())
                                        + " bytes are too few for a header");
  TRIVIUM_CHECK(file.read(0, bytes));
  TRIVIUM_TRY(const auto offset, npy_value_offset(bytes));
  if (offset > file.size())
    return fail(ec::invalid_argument, "npy: header of " + std::to_string(offset)
                                        + " bytes, the file has "
                                        + std::to_string(file.size()));
  bytes.resize(std::max<uint64_t>(offset, npy_prefix_bytes));
  TRIVIUM_CHECK(file.read(0, bytes));
  return parse_npy_header(bytes);
}

} // namespace

expected<tensor_value> read_npy(const readable_file& file, uint64_t limit) {
  TRIVIUM_TRY(auto header, in_file(file, read_header(file)));
  const auto left = file.size() - header.value_offset;
  if (header.value_bytes != left)
    return fail(ec::invalid_argument,
                shown(file.path()) + ": npy: shape " + to_string(header.shape)
                  + " of " + std::string{to_string(header.type)} + " has "
                  + std::to_string(header.value_bytes) + " bytes, "
                  + std::to_string(left) + " follow the header");
  if (header.value_bytes > limit)
    return fail(
      ec::resource_exhausted,
      shown(file.path()) + ": npy: " + std::to_string(header.value_bytes)
        + " bytes of values, at most " + std::to_string(limit) + " are read");
  tensor_value tensor;
  tensor.type = header.type;
  tensor.shape = std::move(header.shape);
  tensor.bytes.resize(header.value_bytes);
  TRIVIUM_CHECK(file.read(header.value_offset, tensor.bytes));
  return tensor;
}

expected<void> write_npy(const std::filesystem::path& path,
                         const tensor_value& tensor) {
  TRIVIUM_TRY(const auto elements, element_count(tensor.shape));
  TRIVIUM_TRY(const auto bytes, size_bytes(tensor.type, elements));
  if (bytes != tensor.bytes.size())
    return fail(ec::invalid_argument,
                shown(path) + ": npy: " + std::to_string(tensor.bytes.size())
                  + " bytes, shape " + to_string(tensor.shape) + " of "
                  + std::string{to_string(tensor.type)} + " has "
                  + std::to_string(bytes));
  TRIVIUM_TRY(const auto header, npy_header_text(tensor.type, tensor.shape));
  TRIVIUM_TRY(auto file,
              staged_file::create(path, header.size() + tensor.bytes.size()));
  TRIVIUM_CHECK(file.write(0, std::as_bytes(std::span{header})));
  TRIVIUM_CHECK(file.write(header.size(), tensor.bytes));
  return file.publish();
}

} // namespace trivium::storage
