#include "storage/formats/safetensors/classify.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace trivium::storage {

namespace {

struct named_weight {
  std::string_view name;
  std::string_view operator_name;
};

std::ostream& operator<<(std::ostream& out, const named_weight& weight) {
  return out << weight.name;
}

/// Names of 2-D weights from published models.
const std::vector<named_weight> weights{
  {"embeddings.word_embeddings.weight", "Embedding"},
  {"bert.embeddings.token_type_embeddings.weight", "Embedding"},
  {"model.embed_tokens.weight", "Embedding"},
  {"model.decoder.embed_positions.weight", "Embedding"},
  {"transformer.wte.weight", "Embedding"},
  {"wpe.weight", "Embedding"},
  {"shared.weight", "Embedding"},
  {"tok_embeddings.weight", "Embedding"},
  {"encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
   "Embedding"},
  {"lm_head.weight", "Head"},
  {"embed_out.weight", "Head"},
  {"output.weight", "Head"},
  {"classifier.weight", "Head"},
  {"classifier.dense.weight", "Head"},
  {"score.weight", "Head"},
  {"qa_outputs.weight", "Head"},
  {"cls.predictions.decoder.weight", "Head"},
  {"encoder.layer.0.attention.self.query.weight", "Linear"},
  {"encoder.layer.0.output.dense.weight", "Linear"},
  {"pooler.dense.weight", "Linear"},
  {"model.layers.0.mlp.gate_proj.weight", "Linear"},
  {"model.layers.0.mlp.experts.3.down_proj.weight", "Linear"},
  {"encoder.embedding_hidden_mapping_in.weight", "Linear"},
  {"model.layers.0.mlp.gate.weight", "Other"},
  {"model.layers.0.block_sparse_moe.gate.weight", "Other"},
  {"encoder.block.1.mlp.router.classifier.weight", "Other"},
  {"in_proj_weight", "Other"},
  {"weight", "Other"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(classifying_by_name)

BOOST_DATA_TEST_CASE(finds_what_reads_a_weight,
                     boost::unit_test::data::make(weights), weight) {
  BOOST_TEST(classify(weight.name, tensor_type::f32, {8, 8}).operator_name
             == weight.operator_name);
}

BOOST_AUTO_TEST_CASE(lets_embeddings_be_quantized) {
  BOOST_TEST(
    classify("wte.weight", tensor_type::bf16, {8, 8}).keep_reason.empty());
}

BOOST_AUTO_TEST_CASE(takes_one_dimension_for_a_norm) {
  BOOST_TEST(classify("ln.weight", tensor_type::f32, {8}).operator_name
             == "Norm");
}

BOOST_AUTO_TEST_CASE(keeps_a_convolution) {
  BOOST_TEST(classify("conv.weight", tensor_type::f32, {8, 8, 3, 3}).keep_reason
             == "4-dimensional, not 2");
}

BOOST_AUTO_TEST_CASE(keeps_integers) {
  BOOST_TEST(classify("a.weight", tensor_type::i8, {8, 8}).keep_reason
             == "stored as i8");
}

BOOST_AUTO_TEST_CASE(keeps_what_has_no_elements) {
  BOOST_TEST(classify("a.weight", tensor_type::f32, {8, 0}).keep_reason
             == "holds no elements");
}

BOOST_AUTO_TEST_CASE(keeps_the_transposed_layers_of_gpt2) {
  const test::temporary_folder folder;
  test::write(folder / "model.safetensors",
              test::safetensors_file(
                "{"
                  + test::safetensors_member("h.0.attn.c_attn.weight", "F32",
                                             {2, 6}, 0, 48)
                  + ","
                  + test::safetensors_member("h.0.attn.c_proj.weight", "F32",
                                             {2, 2}, 48, 64)
                  + "}",
                test::ramp_f32(16)));

  const auto model = test::opened(folder.path());

  BOOST_TEST(test::tensor_of(*model, "h.0.attn.c_proj.weight").keep_reason
             == "a Conv1D, stored [inputs, outputs]");
}

BOOST_AUTO_TEST_CASE(takes_the_same_names_where_they_are_linear) {
  const test::temporary_folder folder;
  test::write(
    folder / "model.safetensors",
    test::safetensors_file("{"
                             + test::safetensors_member(
                               "h.0.attn.c_attn.weight", "F32", {6, 2}, 0, 48)
                             + "}",
                           test::ramp_f32(12)));

  const auto model = test::opened(folder.path());

  BOOST_TEST((test::tensor_of(*model, "h.0.attn.c_attn.weight").channel_axis
              == std::optional<size_t>{0}));
}

BOOST_AUTO_TEST_CASE(keeps_a_weight_that_has_a_scale) {
  const test::temporary_folder folder;
  test::write(
    folder / "model.safetensors",
    test::safetensors_file(
      "{" + test::safetensors_member("a.weight", "F32", {2, 2}, 0, 16) + ","
        + test::safetensors_member("a.weight_scale", "F32", {2}, 16, 24) + "}",
      test::ramp_f32(6)));

  const auto model = test::opened(folder.path());

  BOOST_TEST(test::tensor_of(*model, "a.weight").keep_reason
             == "has a scale, so it is quantized already");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::storage
