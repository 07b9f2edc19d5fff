#pragma once

#include "messages/values/tensor_value.hpp"

#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage::test {

/// A temporary folder that is gone when the test is.
class golden_folder {
public:
  golden_folder();
  ~golden_folder();
  golden_folder(const golden_folder&) = delete;
  golden_folder& operator=(const golden_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Writes `content` under `name`, making the folders on the way.
  std::filesystem::path file(const std::string& name,
                             std::string_view content) const;

private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string content_of(const std::filesystem::path& path);

template <class T>
tensor_value tensor(std::string name, tensor_type type, tensor_shape shape,
                    const std::vector<T>& values) {
  tensor_value made{std::move(name), type, std::move(shape), {}};
  made.bytes.resize(values.size() * sizeof(T));
  if (!values.empty())
    std::memcpy(made.bytes.data(), values.data(), made.bytes.size());
  return made;
}

} // namespace trivium::storage::test
