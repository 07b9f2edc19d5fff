// clang++-14 -fsanitize=fuzzer,address,undefined: opens any bytes as an ONNX
// model, lays out its int8 variant where that is allowed. Corpus:
// tests/fuzz/corpus/onnx/.

#include "storage/formats/onnx/onnx_source.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace trivium;
using namespace trivium::storage;

namespace {

/// A file in memory that every input reuses.
int shared_file() {
  static const auto fd = ::memfd_create("onnx", 0);
  return fd;
}

std::shared_ptr<const readable_file> file_of(const uint8_t* data, size_t size) {
  const auto fd = shared_file();
  if (::ftruncate(fd, 0) != 0
      || ::pwrite(fd, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  return *readable_file::open("/proc/self/fd/" + std::to_string(fd));
}

quantization_plan int8_where_possible(const model_source& source) {
  quantization_plan plan;
  for (size_t i = 0; i < source.tensors().size(); ++i)
    plan.decisions.push_back(
      {i,
       source.tensors()[i].channel_axis ? scheme::int8_channel : scheme::keep,
       {},
       0,
       0});
  return plan;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  model_files files{model_format::onnx,
                    {{"model.onnx", file_role::weights, file_of(data, size)}}};
  const auto source = open_onnx(std::move(files), onnx_options{4096});
  if (!source)
    return 0;
  (void)(*source)->inputs();
  (void)(*source)->outputs();
  const auto layout = (*source)->lay_out(int8_where_possible(**source));
  if (!layout)
    return 0;
  for (const auto& file : layout->files) {
    uint64_t at = 0;
    for (const auto& segment : file.segments) {
      if (segment.offset != at || segment.size == 0)
        std::abort();
      at += segment.size;
    }
    if (at != file.size)
      std::abort();
  }
  return 0;
}
