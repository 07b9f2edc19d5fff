#include "storage/formats/onnx/wire_edit.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/materialise.hpp"
#include "tests/unit/formats_onnx/made_model.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::test;

namespace {

using ::onnx::TensorProto;

bool has_input(const ::onnx::GraphProto& graph, const std::string& name) {
  for (const auto& input : graph.input())
    if (input.name() == name)
      return true;
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(refuses_every_beginning_of_a_model) {
  auto model = one_matmul();
  model.graph.mutable_initializer(0)->set_name(std::string(200, 'n'));
  auto& opset = *model.proto.mutable_opset_import(0);
  opset.set_domain("ai.onnx");
  const auto whole = model.bytes();
  BOOST_REQUIRE(open_bytes(whole));

  for (size_t length = 0; length < whole.size(); ++length)
    BOOST_TEST(code(open_bytes(whole.substr(0, length)))
                 == ec::invalid_argument,
               "a model cut after " << length << " bytes");
}

BOOST_AUTO_TEST_CASE(survives_every_changed_byte) {
  const auto whole = one_matmul(17, 4, 2).bytes();

  for (size_t at = 0; at < whole.size(); ++at)
    for (const auto flip : {0x01, 0x80, 0xff}) {
      auto changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto source = open_bytes(changed);
      if (source) {
        const auto plan = test::plan_all(**source, scheme::int8_channel);
        BOOST_TEST(code((*source)->lay_out(plan)) == ec::none);
      }
    }
}

BOOST_AUTO_TEST_CASE(refuses_an_empty_file) {
  BOOST_TEST(text(open_bytes("")) == "onnx: the model has no graph");
}

BOOST_AUTO_TEST_CASE(refuses_a_model_without_opset) {
  auto model = one_matmul();
  model.proto.clear_opset_import();

  BOOST_TEST(refusal(model)
             == "invalid_argument: onnx: the model imports no opset");
}

BOOST_AUTO_TEST_CASE(gives_inputs_without_initializers) {
  auto model = one_matmul();
  model.input("w", {32, 16});
  model.graph.mutable_input(0)
    ->mutable_type()
    ->mutable_tensor_type()
    ->mutable_shape()
    ->mutable_dim(0)
    ->set_dim_param("batch");

  const auto inputs = opened(model)->inputs();

  BOOST_TEST_REQUIRE(inputs.size() == 1);
  BOOST_TEST(inputs[0].name == "x");
  BOOST_TEST((inputs[0].type == tensor_type::f32));
  BOOST_TEST((inputs[0].shape == dims{-1, 32}));
}

BOOST_AUTO_TEST_CASE(gives_outputs) {
  const auto outputs = opened(one_matmul())->outputs();

  BOOST_TEST_REQUIRE(outputs.size() == 1);
  BOOST_TEST(outputs[0].name == "y");
  BOOST_TEST((outputs[0].shape == dims{2, 16}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(planning)

BOOST_AUTO_TEST_CASE(counts_bytes_of_values_and_scales) {
  const auto source = opened(one_matmul());

  BOOST_TEST(must(source->bytes_under(0, scheme::keep)) == 32 * 16 * 4);
  BOOST_TEST(must(source->bytes_under(0, scheme::int8_channel))
             == 32 * 16 + 16 * 4);
}

BOOST_AUTO_TEST_CASE(refuses_schemes_of_other_formats) {
  const auto source = opened(one_matmul());

  BOOST_TEST(text(source->bytes_under(0, scheme::q8_0))
             == "onnx: tensor \"w\" cannot become q8_0: ONNX models take "
                "int8_channel");
}

BOOST_AUTO_TEST_CASE(says_why_a_tensor_cannot_be_quantized) {
  made_model model;
  model.weight("w", {4, 4});

  BOOST_TEST(text(opened(model)->bytes_under(0, scheme::int8_channel))
             == "onnx: tensor \"w\" cannot become int8_channel: nothing reads "
                "it");
}

BOOST_AUTO_TEST_CASE(refuses_a_plan_for_another_model) {
  BOOST_TEST(text(opened(one_matmul())->lay_out({}))
             == "onnx: the plan decides on 0 tensors, the model has 1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(keeps_a_model_as_it_is_when_nothing_is_chosen) {
  auto model = one_matmul();
  model.proto.set_producer_name("somebody");
  // A field of a later ONNX: ModelProto.configuration, 26.
  model.proto.mutable_unknown_fields()->AddLengthDelimited(26, "later");

  const variant same{*opened(model), scheme::keep};

  BOOST_TEST(same.proto.SerializeAsString() == model.bytes());
}

BOOST_AUTO_TEST_CASE(puts_dequantize_linear_in_front) {
  const variant made{*opened(one_matmul(13))};

  BOOST_TEST(made.operators() == "DequantizeLinear MatMul");
  const auto& node = made.proto.graph().node(0);
  BOOST_TEST(node.input(0) == "w_quantized");
  BOOST_TEST(node.input(1) == "w_scale");
  BOOST_TEST(node.input_size() == 2);
  BOOST_TEST(node.output(0) == "w");
  BOOST_TEST(node.attribute(0).name() == "axis");
  BOOST_TEST(node.attribute(0).i() == 1);
  BOOST_TEST(!made.has_initializer("w"));
}

BOOST_AUTO_TEST_CASE(stores_values_and_a_scale_a_channel) {
  const variant made{*opened(one_matmul(13))};

  const auto& values = made.initializer("w_quantized");
  BOOST_TEST(values.data_type() == TensorProto::INT8);
  BOOST_TEST(values.raw_data().size() == 32 * 16);
  BOOST_TEST(values.raw_data().back() == 127); // the largest of its column
  const auto& scales = made.initializer("w_scale");
  BOOST_TEST(scales.dims_size() == 1);
  BOOST_TEST(scales.dims(0) == 16);
  float last = 0;
  std::memcpy(&last, scales.raw_data().data() + 15 * 4, 4);
  BOOST_TEST(last == 512.0f / 127.0f);
}

BOOST_AUTO_TEST_CASE(uses_cast_and_mul_below_opset_13) {
  made_model model{12};
  model.input("x", {1}).output("y", {1});
  model.weight("w", {16, 8, 3, 3});
  model.node("ConvTranspose", {"x", "w"}, "y");

  const variant made{*opened(model)};

  BOOST_TEST(made.operators() == "Cast Mul ConvTranspose");
  BOOST_TEST(made.proto.graph().node(1).output(0) == "w");
  const auto& scales = made.initializer("w_scale"); // [8, 1, 1]
  BOOST_TEST(scales.dims_size() == 3);
  BOOST_TEST(scales.dims(0) == 8);
  BOOST_TEST(scales.dims(2) == 1);
}

BOOST_AUTO_TEST_CASE(casts_back_to_the_type_of_the_weight) {
  for (const auto type : {TensorProto::FLOAT16, TensorProto::BFLOAT16}) {
    auto model = one_matmul();
    auto& weight = *model.graph.mutable_initializer(0);
    weight.set_data_type(type);
    weight.set_raw_data(std::string(32 * 16 * 2, '\x11'));

    const variant made{*opened(model)};

    BOOST_TEST(made.operators() == "DequantizeLinear Cast MatMul");
    const auto& cast = made.proto.graph().node(1);
    BOOST_TEST(cast.output(0) == "w");
    BOOST_TEST(cast.attribute(0).i() == type);
  }
}

BOOST_AUTO_TEST_CASE(stores_a_shared_weight_once) {
  auto model = one_matmul();
  for (const auto* copy : {"a", "b", "c"}) {
    model.node("Identity", {"w"}, copy);
    model.node("MatMul", {"x", copy}, std::string{"y"} + copy);
  }

  const variant made{*opened(model)};

  BOOST_TEST(made.proto.graph().initializer_size() == 2);
  BOOST_TEST(made.operators()
             == "DequantizeLinear MatMul Identity MatMul Identity MatMul "
                "Identity MatMul");
}

BOOST_AUTO_TEST_CASE(replaces_constant_nodes) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.constant("w", {32, 16});
  model.node("MatMul", {"x", "w"}, "y");

  const variant made{*opened(model)};

  BOOST_TEST(made.operators() == "DequantizeLinear MatMul");
  BOOST_TEST(made.has_initializer("w_quantized"));
}

BOOST_AUTO_TEST_CASE(finds_unused_names) {
  auto model = one_matmul();
  model.weight("w_quantized", {1});
  model.node("Identity", {"w_quantized"}, "w_scale");

  const variant made{*opened(model)};

  BOOST_TEST(made.proto.graph().node(0).input(0) == "w_quantized_2");
  BOOST_TEST(made.proto.graph().node(0).input(1) == "w_scale_2");
}

BOOST_AUTO_TEST_CASE(lists_initializers_as_inputs_before_ir_4) {
  auto model = one_matmul(11);
  model.proto.set_ir_version(3);
  model.input("w", {32, 16});

  const variant made{*opened(model)};

  BOOST_TEST(made.proto.graph().input_size() == 3);
  BOOST_TEST(has_input(made.proto.graph(), "x"));
  BOOST_TEST(has_input(made.proto.graph(), "w_quantized"));
  BOOST_TEST(has_input(made.proto.graph(), "w_scale"));
}

BOOST_AUTO_TEST_CASE(notes_the_scheme_in_the_metadata) {
  auto model = one_matmul();
  auto& property = *model.proto.add_metadata_props();
  property.set_key("author");
  property.set_value("somebody");

  const variant made{*opened(model)};

  BOOST_TEST_REQUIRE(made.proto.metadata_props_size() == 2);
  BOOST_TEST(made.proto.metadata_props(0).value() == "somebody");
  BOOST_TEST(made.proto.metadata_props(1).key() == "trivium.scheme");
  BOOST_TEST(made.proto.metadata_props(1).value() == "int8_channel");
}

BOOST_AUTO_TEST_CASE(gives_the_same_bytes_twice) {
  const auto model = one_matmul();

  const variant first{*opened(model)};
  const variant second{*opened(model)};

  BOOST_TEST(first.file("model.onnx") == second.file("model.onnx"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(large_models)

namespace {

/// Room for the graph, not for the weights below.
constexpr onnx_options small_main{2000};

made_model with_kept_tensor() {
  auto model = one_matmul(17, 128, 64);
  model.tensor("kept", TensorProto::UINT8, {3000}, 3000, 'k');
  return model;
}

/// Writes `bytes` with their only large data replaced by `size` zeros that take
/// no room on the disk.
void write_with_hole(const std::filesystem::path& path,
                     const std::string& bytes, uint64_t size) {
  const auto map =
    must(onnx_io::scan_model(onnx_io::string_bytes{bytes}, 1024));
  const onnx_io::replacement hole{onnx_io::raw_data, size};
  const auto edited = must(onnx_io::replace_payloads(map, {&hole, 1}));
  std::ofstream file{path, std::ios::binary};
  for (const auto& piece : edited.pieces) {
    file << bytes.substr(piece.copied_from, piece.copied) << piece.literal;
    if (piece.payload != onnx_io::wire_piece::none)
      file.seekp(static_cast<std::streamoff>(size), std::ios::cur);
  }
}

std::string entry(const TensorProto& tensor, const std::string& key) {
  for (const auto& e : tensor.external_data())
    if (e.key() == key)
      return e.value();
  return {};
}

} // namespace

BOOST_AUTO_TEST_CASE(put_their_weights_into_a_file_of_their_own) {
  const auto source = opened(with_kept_tensor(), {}, small_main);

  const variant made{*source};

  const auto& values = made.initializer("w_quantized");
  const auto& kept = made.initializer("kept");
  BOOST_TEST(made.file("model.onnx").size() <= 2000);
  BOOST_TEST(made.file("model.onnx.data").size() == 8192 + 3000);
  BOOST_TEST(entry(values, "location") == "model.onnx.data");
  BOOST_TEST(entry(values, "offset") == "0");
  BOOST_TEST(entry(values, "length") == "8192");
  BOOST_TEST(entry(kept, "offset") == "8192");
  BOOST_TEST(made.has_initializer("w_scale")); // small: in the graph
  BOOST_TEST(entry(made.initializer("w_scale"), "location") == "");
}

BOOST_AUTO_TEST_CASE(read_back_what_they_wrote) {
  const variant made{*opened(with_kept_tensor(), {}, small_main)};

  const auto again =
    must(open_bytes(made.file("model.onnx"),
                    {{"model.onnx.data", made.file("model.onnx.data")}}));

  const variant inlined{*again, scheme::keep};
  BOOST_TEST(inlined.initializer("kept").raw_data() == std::string(3000, 'k'));
  BOOST_TEST(!std::filesystem::exists(inlined.folder / "model.onnx.data"));
}

BOOST_AUTO_TEST_CASE(do_not_overwrite_another_file) {
  const auto source = opened(with_kept_tensor(),
                             {{"model.onnx.data", "not external"}}, small_main);

  const variant made{*source};

  BOOST_TEST(made.file("model.onnx.data") == "not external");
  BOOST_TEST(entry(made.initializer("kept"), "location")
             == "model.onnx.data_2");
}

BOOST_AUTO_TEST_CASE(are_refused_when_the_graph_alone_is_too_large) {
  const auto source = opened(with_kept_tensor(), {}, onnx_options{100});

  BOOST_TEST(
    code(source->lay_out(test::plan_all(*source, scheme::int8_channel)))
    == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(of_more_than_2_gib_in_one_file_are_read_and_split) {
  constexpr uint64_t size = uint64_t{3} << 30;
  auto model = one_matmul();
  auto& weight = *model.graph.mutable_initializer(0);
  weight.set_dims(0, 3 << 18);
  weight.set_dims(1, 1024);
  const temporary_folder folder;
  write_with_hole(folder / "model.onnx", model.bytes(), size);

  const auto source =
    must(open_onnx({model_format::onnx,
                    {{"model.onnx", file_role::weights,
                      must(readable_file::open(folder / "model.onnx"))}}}));
  const auto layout =
    must(source->lay_out(test::plan_all(*source, scheme::keep)));

  BOOST_TEST(source->tensors()[0].where.size == size);
  BOOST_TEST_REQUIRE(layout.files.size() == 2);
  BOOST_TEST(layout.files[0].size < 1000);
  BOOST_TEST(layout.files[1].path == "model.onnx.data");
  BOOST_TEST(layout.files[1].size == size);
}

BOOST_AUTO_TEST_SUITE_END()
