#include "storage/formats/safetensors/header.hpp"
#include "tests/support/materialise.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace trivium::test {

namespace {

/// A small encoder: an embedding, a norm, two layers, a head, token numbers.
struct small_model {
  small_model() {
    std::string header = R"({"__metadata__":{"format":"pt"})";
    for (const auto& [name, dtype, shape, size] : std::initializer_list<
           std::tuple<const char*, const char*, tensor_shape, uint64_t>>{
           {"embed_tokens.weight", "F32", {3, 4}, 48},
           {"layer.0.dense.weight", "F32", {3, 5}, 60},
           {"layer.0.dense.bias", "F32", {3}, 12},
           {"layer.1.dense.weight", "BF16", {2, 3}, 12},
           {"norm.weight", "F32", {4}, 16},
           {"lm_head.weight", "F32", {3, 4}, 48},
           {"ids", "I64", {2}, 16}}) {
      header += ","
                + safetensors_member(name, dtype, shape, data.size(),
                                     data.size() + size);
      data += ramp_f32(size / 4);
    }
    write(folder / "model.safetensors", safetensors_file(header + "}", data));
  }

  /// The model quantized: but for embeddings and head, as a recipe has it.
  [[nodiscard]] quantization_plan
  linear_plan(const storage::model_source& model) const {
    auto plan = plan_all(model, scheme::int8_row_ct);
    for (auto& decision : plan.decisions)
      if (model.tensors()[decision.tensor].operators.front() != "Linear")
        decision.action = scheme::keep;
    return plan;
  }

  void rewrite_linear() const {
    const auto model = opened(folder.path());
    const auto plan = linear_plan(*model);
    const auto layout = model->lay_out(plan);
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST_REQUIRE(
      materialise(*model, plan, *layout, out.path()).has_value());
  }

  std::string data;
  temporary_folder folder;
  temporary_folder out;
};

constexpr auto quantized_groups =
  R"({"config_groups":{"group_0":{"format":"int-quantized",)"
  R"("input_activations":{"dynamic":true,"group_size":null,"num_bits":8,)"
  R"("strategy":"token","symmetric":true,"type":"int"},)"
  R"("output_activations":null,"targets":["Linear"],)"
  R"("weights":{"dynamic":false,"group_size":null,"num_bits":8,)"
  R"("strategy":"channel","symmetric":true,"type":"int"}}},)"
  R"("format":"int-quantized","ignore":["lm_head"],"kv_cache_scheme":null,)"
  R"("quant_method":"compressed-tensors",)"
  R"("quantization_status":"compressed","version":"0.20.0"})";

} // namespace

BOOST_FIXTURE_TEST_SUITE(safetensors_layout, small_model)

BOOST_AUTO_TEST_CASE(keeps_the_bytes_of_tensors_that_stay) {
  rewrite_linear();
  const auto before = opened(folder.path());
  const auto after = opened(out.path());

  for (const auto* name : {"embed_tokens.weight", "layer.0.dense.bias",
                           "norm.weight", "lm_head.weight", "ids"})
    BOOST_TEST((bytes_of(*after, name) == bytes_of(*before, name)), name);
}

BOOST_AUTO_TEST_CASE(stores_rows_as_int8_of_the_same_shape) {
  rewrite_linear();

  const auto model = opened(out.path());

  const auto& weight = tensor_of(*model, "layer.0.dense.weight");
  BOOST_TEST((weight.type == tensor_type::i8));
  BOOST_TEST((weight.shape == tensor_shape{3, 5}));
}

BOOST_AUTO_TEST_CASE(stores_one_scale_a_row_in_the_weights_type) {
  rewrite_linear();

  const auto model = opened(out.path());

  const auto& scale = tensor_of(*model, "layer.1.dense.weight_scale");
  BOOST_TEST((scale.type == tensor_type::bf16));
  BOOST_TEST((scale.shape == tensor_shape{2, 1}));
}

BOOST_AUTO_TEST_CASE(puts_each_tensor_at_a_multiple_of_its_element) {
  rewrite_linear();

  const auto model = opened(out.path());
  for (const auto& tensor : model->tensors())
    BOOST_TEST(tensor.where.offset % geometry(tensor.type).bytes == 0u,
               tensor.name << " at " << tensor.where.offset);
}

BOOST_AUTO_TEST_CASE(keeps_the_metadata) {
  rewrite_linear();

  BOOST_TEST(read(out / "model.safetensors")
               .substr(8)
               .starts_with(R"({"__metadata__":{"format":"pt"},)"));
}

BOOST_AUTO_TEST_CASE(makes_a_config_where_there_is_none) {
  rewrite_linear();

  BOOST_TEST(read(out / "config.json")
             == "{\n  \"quantization_config\": " + std::string{quantized_groups}
                  + "\n}\n");
}

BOOST_AUTO_TEST_CASE(adds_to_a_config_and_keeps_its_bytes) {
  write(folder / "config.json",
        "{\n  \"a\" : 1.50,\n  \"b\": \"\\u00e9\"\n}\n");

  rewrite_linear();

  BOOST_TEST(read(out / "config.json")
             == "{\n  \"a\" : 1.50,\n  \"b\": \"\\u00e9\",\n"
                "  \"quantization_config\": "
                  + std::string{quantized_groups} + "\n}\n");
}

BOOST_AUTO_TEST_CASE(adds_to_an_empty_config) {
  write(folder / "config.json", "{ }");

  rewrite_linear();

  BOOST_TEST(read(out / "config.json")
             == "{\n  \"quantization_config\": " + std::string{quantized_groups}
                  + "\n}");
}

BOOST_AUTO_TEST_CASE(ignores_a_head_that_is_tied_to_the_embedding) {
  write(folder / "model.safetensors",
        safetensors_file(
          "{" + safetensors_member("a.weight", "F32", {2, 3}, 0, 24) + "}",
          ramp_f32(6)));
  write(folder / "config.json", R"({"architectures":["LlamaForCausalLM"]})");

  rewrite(*opened(folder.path()), scheme::int8_row_ct, out.path());

  BOOST_TEST(read(out / "config.json").find(R"("ignore":["lm_head"])")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_quantized_embeddings_a_group_without_activations) {
  rewrite(*opened(folder.path()), scheme::int8_row_ct, out.path());

  BOOST_TEST(
    read(out / "config.json")
      .find(R"("group_1":{"format":"int-quantized","input_activations":null,)"
            R"("output_activations":null,"targets":["embed_tokens"])")
    != std::string::npos);
}

BOOST_AUTO_TEST_CASE(copies_tokenizer_files_whole) {
  write(folder / "tokenizer.json", "{\"version\": \"1.0\"}");

  rewrite_linear();

  BOOST_TEST(read(out / "tokenizer.json") == "{\"version\": \"1.0\"}");
}

BOOST_AUTO_TEST_CASE(says_the_size_that_the_output_has) {
  const auto model = opened(folder.path());
  uint64_t bytes = 0;
  const auto plan = linear_plan(*model);
  for (const auto& decision : plan.decisions)
    bytes += *model->bytes_under(decision.tensor, decision.action);

  rewrite_linear();

  uint64_t written = 0;
  const auto model_written = opened(out.path());
  for (const auto& tensor : model_written->tensors())
    written += tensor.where.size;
  BOOST_TEST(written == bytes);
}

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_plan) {
  rewrite_linear();
  const auto first = read(out / "model.safetensors");

  rewrite_linear();

  BOOST_TEST((read(out / "model.safetensors") == first));
}

BOOST_AUTO_TEST_CASE(of_an_empty_plan_leaves_config_alone) {
  write(folder / "config.json", "{\"a\":1}");
  const auto model = opened(folder.path());

  const auto layout = model->lay_out({});

  BOOST_TEST_REQUIRE(layout.has_value());
  BOOST_TEST_REQUIRE(materialise(*model, {}, *layout, out.path()).has_value());
  BOOST_TEST(read(out / "config.json") == "{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(refuses_a_scheme_of_another_format) {
  const auto model = opened(folder.path());

  const auto layout =
    model->lay_out(plan_one(*model, "layer.0.dense.weight", scheme::q8_0));

  BOOST_TEST_REQUIRE(!layout.has_value());
  BOOST_TEST((layout.error().code == ec::unsupported));
}

BOOST_AUTO_TEST_CASE(refuses_to_quantize_a_norm) {
  const auto model = opened(folder.path());

  const auto layout =
    model->lay_out(plan_one(*model, "norm.weight", scheme::int8_row_ct));

  BOOST_TEST_REQUIRE(!layout.has_value());
  BOOST_TEST(layout.error().text
             == "safetensors: tensor \"norm.weight\" cannot be quantized: "
                "one-dimensional");
}

BOOST_AUTO_TEST_CASE(refuses_a_plan_for_more_tensors_than_there_are) {
  const auto model = opened(folder.path());
  quantization_plan plan;
  plan.decisions.push_back({7, scheme::keep, {}, 0, 0});

  BOOST_TEST(!model->lay_out(plan).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_plan_that_decides_twice) {
  const auto model = opened(folder.path());
  quantization_plan plan;
  plan.decisions.push_back({1, scheme::keep, {}, 0, 0});
  plan.decisions.push_back({1, scheme::int8_row_ct, {}, 0, 0});

  BOOST_TEST(!model->lay_out(plan).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_everything_of_a_model_that_is_quantized) {
  rewrite_linear();

  const auto model = opened(out.path());

  BOOST_TEST(plan_all(*model, scheme::int8_row_ct).quantized() == 0u);
  BOOST_TEST(tensor_of(*model, "lm_head.weight").keep_reason
             == "config.json says that the model is quantized already");
}

BOOST_AUTO_TEST_CASE(refuses_to_extend_a_config_that_is_no_json) {
  write(folder / "config.json", "{\"time_step_limit\": [0.0, Infinity]}");
  const auto model = opened(folder.path());

  const auto layout = model->lay_out(linear_plan(*model));

  BOOST_TEST_REQUIRE(!layout.has_value());
  BOOST_TEST(
    layout.error().text.starts_with("safetensors: config.json: no valid JSON"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
