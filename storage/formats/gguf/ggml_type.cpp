#include "storage/formats/gguf/ggml_type.hpp"

#include <array>

namespace trivium::storage {

namespace {

constexpr auto passes = tensor_type::opaque;

constexpr std::array types{
  ggml_type{0, "F32", tensor_type::f32, {1, 4}},
  ggml_type{1, "F16", tensor_type::f16, {1, 2}},
  ggml_type{2, "Q4_0", passes, {32, 18}},
  ggml_type{3, "Q4_1", passes, {32, 20}},
  ggml_type{6, "Q5_0", passes, {32, 22}},
  ggml_type{7, "Q5_1", passes, {32, 24}},
  ggml_type{ggml_type_q8_0, "Q8_0", tensor_type::q8_0, {32, 34}},
  ggml_type{9, "Q8_1", passes, {32, 36}},
  ggml_type{10, "Q2_K", passes, {256, 84}},
  ggml_type{11, "Q3_K", passes, {256, 110}},
  ggml_type{12, "Q4_K", passes, {256, 144}},
  ggml_type{13, "Q5_K", passes, {256, 176}},
  ggml_type{14, "Q6_K", passes, {256, 210}},
  ggml_type{15, "Q8_K", passes, {256, 292}},
  ggml_type{16, "IQ2_XXS", passes, {256, 66}},
  ggml_type{17, "IQ2_XS", passes, {256, 74}},
  ggml_type{18, "IQ3_XXS", passes, {256, 98}},
  ggml_type{19, "IQ1_S", passes, {256, 50}},
  ggml_type{20, "IQ4_NL", passes, {32, 18}},
  ggml_type{21, "IQ3_S", passes, {256, 110}},
  ggml_type{22, "IQ2_S", passes, {256, 82}},
  ggml_type{23, "IQ4_XS", passes, {256, 136}},
  ggml_type{24, "I8", tensor_type::i8, {1, 1}},
  ggml_type{25, "I16", tensor_type::i16, {1, 2}},
  ggml_type{26, "I32", tensor_type::i32, {1, 4}},
  ggml_type{27, "I64", tensor_type::i64, {1, 8}},
  ggml_type{28, "F64", tensor_type::f64, {1, 8}},
  ggml_type{29, "IQ1_M", passes, {256, 56}},
  ggml_type{30, "BF16", tensor_type::bf16, {1, 2}},
  ggml_type{34, "TQ1_0", passes, {256, 54}},
  ggml_type{35, "TQ2_0", passes, {256, 66}},
  ggml_type{39, "MXFP4", passes, {32, 17}},
  ggml_type{40, "NVFP4", passes, {64, 36}},
  ggml_type{41, "Q1_0", passes, {128, 18}},
};

} // namespace

const ggml_type* find_ggml_type(uint32_t id) {
  for (const auto& row : types)
    if (row.id == id)
      return &row;
  return nullptr;
}

} // namespace trivium::storage
