#pragma once

#include <rocksdb/slice.h>

#include <string_view>

namespace trivium::storage {

[[nodiscard]] inline std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

} // namespace trivium::storage
