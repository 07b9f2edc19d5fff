#include "storage/formats/gguf/keep_rules.hpp"
#include "tests/support/materialise.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace trivium::test {

namespace {

constexpr uint32_t f32 = 0, f16 = 1, q8_0 = 8;

/// "general.name" first, `settings` behind it, a 2 x 32 weight and a norm of
/// 3 floats.
std::string small_gguf(const std::string& settings, uint64_t setting_count) {
  return gguf_bytes{}
    .start(2, 1 + setting_count)
    .text_key("general.name", "small")
    .raw(settings)
    .tensor("blk.0.attn_q.weight", {32, 2}, f32, 0)
    .tensor("output_norm.weight", {3}, f32, 256)
    .pad()
    .raw(ramp_f32(64))
    .raw("norm norm 12")
    .pad()
    .bytes();
}

/// The header that Q8_0 must get, up to the first tensor info.
gguf_bytes wanted_start() {
  return gguf_bytes{}.start(2, 3).text_key("general.name", "small");
}

gguf_bytes& add_wanted_tensors(gguf_bytes& bytes) {
  return bytes.tensor("blk.0.attn_q.weight", {32, 2}, q8_0, 0)
    .tensor("output_norm.weight", {3}, f32, 96)
    .pad();
}

struct gguf_folder {
  /// The bytes of small_gguf(settings) after Q8_0.
  std::string rewritten(const std::string& settings, uint64_t setting_count) {
    write(folder / "model.gguf", small_gguf(settings, setting_count));
    rewrite(*opened(folder / "model.gguf"), scheme::q8_0, out.path());
    return read(out / "model.gguf");
  }

  temporary_folder folder;
  temporary_folder out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gguf_layout, gguf_folder)

BOOST_AUTO_TEST_CASE(holds_its_padding_once) {
  constexpr size_t alignment = 65'536;
  auto bytes = gguf_bytes{}.start(3, 1).u32_key("general.alignment", alignment);
  for (uint64_t i = 0; i < 3; ++i)
    bytes.tensor(std::string(i + 1, 't'), {1}, f32, i * alignment);
  bytes.pad(alignment);
  for (size_t i = 0; i < 3; ++i)
    bytes.raw("data").pad(alignment);
  const auto model = opened(write(folder / "model.gguf", bytes.bytes()));

  const auto layout =
    model->lay_out(plan_all(*model, scheme::keep)).value().files.front();

  std::set<const std::string*> pads;
  for (const auto& segment : layout.segments)
    if (const auto* literal =
          std::get_if<storage::literal_bytes>(&segment.content);
        literal != nullptr && segment.size > 1000)
      pads.insert(literal->bytes.get());
  BOOST_TEST(pads.size() == 1u);
  rewrite(*model, scheme::keep, out.path());
  BOOST_TEST((read(out / "model.gguf") == bytes.bytes()));
}

BOOST_AUTO_TEST_CASE(adds_the_settings_that_are_missing) {
  auto wanted = wanted_start()
                  .u32_key("general.file_type", 7)
                  .u32_key("general.quantization_version", 2);
  const auto header = add_wanted_tensors(wanted).bytes();

  BOOST_TEST((rewritten("", 0).substr(0, header.size()) == header));
}

BOOST_AUTO_TEST_CASE(replaces_settings_where_they_stand) {
  const auto before = gguf_bytes{}
                        .u32_key("general.quantization_version", 1)
                        .text_key("general.author", "nobody")
                        .u32_key("general.file_type", 1);
  auto wanted = gguf_bytes{}
                  .start(2, 4)
                  .text_key("general.name", "small")
                  .u32_key("general.quantization_version", 2)
                  .text_key("general.author", "nobody")
                  .u32_key("general.file_type", 7);
  const auto header = add_wanted_tensors(wanted).bytes();

  BOOST_TEST((rewritten(before.bytes(), 3).substr(0, header.size()) == header));
}

BOOST_AUTO_TEST_CASE(replaces_a_setting_of_a_wrong_type) {
  const auto before = gguf_bytes{}.text_key("general.file_type", "MOSTLY_F16");
  auto wanted = wanted_start()
                  .u32_key("general.file_type", 7)
                  .u32_key("general.quantization_version", 2);
  const auto header = add_wanted_tensors(wanted).bytes();

  BOOST_TEST((rewritten(before.bytes(), 1).substr(0, header.size()) == header));
}

BOOST_AUTO_TEST_CASE(keeps_the_bytes_of_tensors_that_stay) {
  rewritten("", 0);

  BOOST_TEST(bytes_of(*opened(out.path()), "output_norm.weight")
             == "norm norm 12");
}

BOOST_AUTO_TEST_CASE(stores_a_weight_in_34_bytes_a_block) {
  rewritten("", 0);

  const auto model = opened(out.path());

  const auto& weight = tensor_of(*model, "blk.0.attn_q.weight");
  BOOST_TEST((weight.type == tensor_type::q8_0));
  BOOST_TEST(weight.where.size == 68u);
}

BOOST_AUTO_TEST_CASE(pads_the_last_tensor) {
  BOOST_TEST(rewritten("", 0).size() % 32 == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_the_alignment_of_the_file) {
  const auto settings = gguf_bytes{}.u32_key("general.alignment", 64);
  write(folder / "model.gguf", gguf_bytes{}
                                 .start(2, 1)
                                 .raw(settings.bytes())
                                 .tensor("a.weight", {32, 1, 2}, f32, 0)
                                 .tensor("b.bias", {3}, f32, 256)
                                 .pad(64)
                                 .raw(ramp_f32(64))
                                 .raw("bias bias 12")
                                 .bytes());
  rewrite(*opened(folder / "model.gguf"), scheme::q8_0, out.path());

  const auto model = opened(out.path());

  const auto& bias = tensor_of(*model, "b.bias");
  BOOST_TEST(bias.where.offset % 64 == 0u);
  BOOST_TEST(bytes_of(*model, "b.bias") == "bias bias 12");
}

BOOST_AUTO_TEST_CASE(of_an_empty_plan_is_the_same_file) {
  const auto before = small_gguf("", 0);
  const auto model = opened(write(folder / "model.gguf", before));

  const auto layout = model->lay_out({});

  BOOST_TEST_REQUIRE(layout.has_value());
  BOOST_TEST_REQUIRE(materialise(*model, {}, *layout, out.path()).has_value());
  BOOST_TEST((read(out / "model.gguf") == before));
}

BOOST_AUTO_TEST_CASE(shows_shapes_outermost_first) {
  const auto model = opened(write(folder / "model.gguf", small_gguf("", 0)));

  BOOST_TEST(
    (tensor_of(*model, "blk.0.attn_q.weight").shape == tensor_shape{2, 32}));
}

BOOST_AUTO_TEST_CASE(refuses_a_scheme_of_another_format) {
  const auto model = opened(write(folder / "model.gguf", small_gguf("", 0)));

  const auto layout = model->lay_out(
    plan_one(*model, "blk.0.attn_q.weight", scheme::int8_channel));

  BOOST_TEST_REQUIRE(!layout.has_value());
  BOOST_TEST(layout.error().text
             == "gguf: tensor \"blk.0.attn_q.weight\": gguf has no scheme "
                "int8_channel");
}

BOOST_AUTO_TEST_CASE(refuses_to_quantize_a_norm) {
  const auto model = opened(write(folder / "model.gguf", small_gguf("", 0)));

  const auto layout =
    model->lay_out(plan_one(*model, "output_norm.weight", scheme::q8_0));

  BOOST_TEST_REQUIRE(!layout.has_value());
  BOOST_TEST(layout.error().text
             == "gguf: tensor \"output_norm.weight\" cannot be quantized: "
                "a norm");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct named_tensor {
  std::string name;
  std::vector<uint64_t> extents;
  uint32_t type;
  std::string keep_reason;
  std::string operator_name;
};

std::ostream& operator<<(std::ostream& out, const named_tensor& tensor) {
  return out << tensor.name;
}

const std::vector<named_tensor> named_tensors{
  {"blk.0.attn_q.weight", {64, 8}, f32, "", "Linear"},
  {"blk.0.ffn_down_exps.weight", {64, 8, 4}, f16, "", "Linear"},
  {"token_embd.weight", {64, 8}, f16, "", "Embedding"},
  {"output.weight", {64, 8}, f16, "", "Head"},
  {"output_norm.weight", {64}, f32, "a norm", "Norm"},
  {"blk.0.attn_q_norm.weight", {64, 8}, f32, "a norm", "Norm"},
  {"blk.0.attn_q.bias", {64}, f32, "not a weight", "Other"},
  {"blk.0.ffn_gate_inp.weight",
   {64, 8},
   f32,
   "chooses the expert of a mixture",
   "Linear"},
  {"blk.0.ssm_conv1d.weight", {64, 8}, f32, "a small convolution", "Linear"},
  {"rope_freqs.weight", {64}, f32, "rotation frequencies", "Other"},
  {"position_embd.weight",
   {64, 8},
   f32,
   "positions or token types",
   "Embedding"},
  {"token_types.weight", {64, 2}, f32, "positions or token types", "Embedding"},
  {"blk.0.attn_k.weight",
   {48, 8},
   f32,
   "rows of 48 elements are no multiple of 32",
   "Linear"},
  {"blk.0.attn_v.weight", {64, 8}, 12, "stored as Q4_K", "Linear"},
  {"blk.0.row.weight", {64, 1}, f32, "1-dimensional", "Other"},
  {"conv.weight", {32, 3, 3, 8}, f32, "4-dimensional", "Other"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(gguf_keep_rules)

BOOST_DATA_TEST_CASE(follow_llama_quantize,
                     boost::unit_test::data::make(named_tensors), tensor) {
  const storage::gguf_tensor info{
    tensor.name, storage::find_ggml_type(tensor.type), tensor.extents, 0, 1};

  BOOST_TEST(storage::gguf_keep_reason(info) == tensor.keep_reason);
  BOOST_TEST(storage::gguf_operator(info) == tensor.operator_name);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
