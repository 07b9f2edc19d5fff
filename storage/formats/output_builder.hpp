#pragma once

#include "storage/formats/output_layout.hpp"

#include <string>

namespace trivium::storage {

/// Puts the segments of one output file one behind the other; pieces without
/// bytes leave no segment.
class output_builder {
public:
  output_builder(std::string path, file_role role);

  void literal(std::string bytes);
  void copied(file_span from);
  void computed(computed_bytes content, uint64_t size);
  /// Zeros up to the next multiple of `alignment`, shared by all pads of the
  /// file. @pre the same `alignment` each time.
  void pad_to(uint64_t alignment);

  [[nodiscard]] uint64_t size() const { return file_.size; }
  [[nodiscard]] output_file finish() && { return std::move(file_); }

private:
  template <class Content>
  void append(uint64_t size, Content content);

  output_file file_;
  std::shared_ptr<const std::string> zeros_;
};

/// A file of the source, whole and unchanged.
[[nodiscard]] output_file copied_whole(const std::string& path, file_role role,
                                       size_t file, uint64_t size);

} // namespace trivium::storage
