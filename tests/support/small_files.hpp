#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace trivium::test {

/// Writes a file as it comes, over what was there.
inline void fill(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

[[nodiscard]] inline std::string content(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Bytes that differ from piece to piece.
[[nodiscard]] inline std::string patterned(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(i * 131 ^ i >> 8 ^ i >> 16);
  return bytes;
}

/// How many entries a folder has.
[[nodiscard]] inline long entries(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator{folder}, {});
}

} // namespace trivium::test
