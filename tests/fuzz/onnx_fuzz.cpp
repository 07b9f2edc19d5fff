#include "tests/fuzz/fuzzed_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trivium;
  fuzz::open_and_rewrite({reinterpret_cast<const char*>(data), size},
                         model_format::onnx, "model.onnx",
                         scheme::int8_channel);
  return 0;
}
