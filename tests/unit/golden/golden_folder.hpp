#pragma once

#include "messages/values/tensor_value.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage::test {

/// A temporary folder that files are put into.
class golden_folder : public trivium::test::temporary_folder {
public:
  /// Writes `content` under `name`, making the folders on the way.
  std::filesystem::path file(const std::string& name,
                             std::string_view content) const {
    const auto target = path() / name;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream{target, std::ios::binary} << content;
    return target;
  }
};

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

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
