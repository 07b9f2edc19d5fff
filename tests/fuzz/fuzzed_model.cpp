#include "tests/fuzz/fuzzed_model.hpp"

#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

namespace trivium::fuzz {

namespace {

using namespace storage;

void require(bool claim, std::string_view text) {
  if (claim)
    return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(text.size()),
               text.data());
  std::abort();
}

std::string bytes_of(const output_segment& segment,
                     const model_source& source) {
  if (const auto* literal = std::get_if<literal_bytes>(&segment.content))
    return std::string{literal->first(segment.size)};
  std::string bytes(segment.size, '\0');
  if (const auto* copied = std::get_if<copied_bytes>(&segment.content))
    require(
      source.files()
        .files[copied->from.file]
        .bytes
        ->read(copied->from.offset, std::as_writable_bytes(std::span{bytes}))
        .has_value(),
      "a copied range cannot be read");
  return bytes;
}

std::string written(const output_file& file, const model_source& source) {
  std::string bytes;
  for (const auto& segment : file.segments) {
    require(segment.offset == bytes.size(), "segments leave a hole");
    bytes += bytes_of(segment, source);
    require(segment.offset + segment.size == bytes.size(),
            "a segment has another size than it says");
  }
  require(file.size == bytes.size(), "segments do not cover the file");
  return bytes;
}

expected<std::unique_ptr<model_source>>
open_bytes(std::string_view bytes, model_format format, const char* name) {
  model_files files;
  files.format = format;
  files.files.push_back({name, file_role::weights, file_of(bytes)});
  return open_model(std::move(files));
}

} // namespace

std::shared_ptr<const readable_file> file_of(std::string_view bytes) {
  const int fd = ::memfd_create("fuzzed", MFD_CLOEXEC);
  require(fd >= 0, "no memfd");
  require(::write(fd, bytes.data(), bytes.size())
            == static_cast<ssize_t>(bytes.size()),
          "a short write");
  auto file = readable_file::open("/proc/self/fd/" + std::to_string(fd));
  ::close(fd);
  require(file.has_value(), "the memfd does not open");
  return *std::move(file);
}

void open_and_rewrite(std::string_view bytes, model_format format,
                      const char* name, scheme action) {
  const auto source = open_bytes(bytes, format, name);
  if (!source)
    return;
  quantization_plan plan;
  for (size_t i = 0; i < (*source)->tensors().size(); ++i)
    plan.decisions.push_back(
      {i, (*source)->bytes_under(i, action) ? action : scheme::keep, {}, 0, 0});
  const auto layout = (*source)->lay_out(plan);
  require(layout.has_value(), layout ? "" : layout.error().text);
  const auto again =
    open_bytes(written(layout->files.front(), **source), format, name);
  require(again.has_value(), again ? "" : again.error().text);
}

} // namespace trivium::fuzz
