#include "storage/formats/output_builder.hpp"

#include <utility>

namespace trivium::storage {

output_builder::output_builder(std::string path, file_role role) {
  file_.path = std::move(path);
  file_.role = role;
}

template <class Content>
void output_builder::append(uint64_t size, Content content) {
  if (size == 0)
    return;
  file_.segments.push_back({file_.size, size, std::move(content)});
  file_.size += size;
}

void output_builder::literal(std::string bytes) {
  const auto size = bytes.size();
  append(size,
         literal_bytes{std::make_shared<const std::string>(std::move(bytes))});
}

void output_builder::copied(file_span from) {
  append(from.size, copied_bytes{from});
}

void output_builder::computed(computed_bytes content, uint64_t size) {
  append(size, content);
}

void output_builder::pad_to(uint64_t alignment) {
  if (!zeros_)
    zeros_ = std::make_shared<const std::string>(alignment, '\0');
  if (const auto beyond = file_.size % alignment; beyond != 0)
    append(alignment - beyond, literal_bytes{zeros_});
}

output_file copied_whole(const std::string& path, file_role role, size_t file,
                         uint64_t size) {
  output_builder builder{path, role};
  builder.copied({file, 0, size});
  return std::move(builder).finish();
}

} // namespace trivium::storage
