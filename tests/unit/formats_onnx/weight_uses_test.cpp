#include "tests/support/expected_checks.hpp"
#include "tests/unit/formats_onnx/made_model.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::test;

namespace {

/// "0", or why the tensor is kept.
std::string axis_or_reason(const made_model& model,
                           const std::string& name = "w") {
  const auto source = opened(model);
  const auto& tensor = tensor_named(*source, name);
  return tensor.channel_axis ? std::to_string(*tensor.channel_axis)
                             : tensor.keep_reason;
}

/// What becomes of w when `op` reads it as its input number `slot`.
std::string read_by(const std::string& op, const dims& shape, size_t slot,
                    const std::map<std::string, int64_t>& attributes = {}) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", shape);
  std::vector<std::string> inputs(slot + 1, "x");
  inputs[slot] = "w";
  auto& node = model.node(op, inputs, "y");
  for (const auto& [name, value] : attributes)
    set_attribute(node, name, value);
  return axis_or_reason(model);
}

} // namespace

BOOST_AUTO_TEST_SUITE(weight_axes)

BOOST_AUTO_TEST_CASE(of_matmul_are_the_outer_ones) {
  BOOST_TEST(read_by("MatMul", {4, 8}, 1) == "1");
  BOOST_TEST(read_by("MatMul", {3, 4, 8}, 1) == "2");
  BOOST_TEST(read_by("MatMul", {4, 8}, 0) == "0");
  BOOST_TEST(read_by("MatMul", {3, 4, 8}, 0) == "1");
  BOOST_TEST(read_by("MatMul", {4}, 1) == "read by MatMul");
}

BOOST_AUTO_TEST_CASE(of_gemm_follow_its_transpositions) {
  BOOST_TEST(read_by("Gemm", {4, 8}, 1) == "1");
  BOOST_TEST(read_by("Gemm", {4, 8}, 1, {{"transB", 1}}) == "0");
  BOOST_TEST(read_by("Gemm", {4, 8}, 0) == "0");
  BOOST_TEST(read_by("Gemm", {4, 8}, 0, {{"transA", 1}}) == "1");
  BOOST_TEST(read_by("Gemm", {4, 8}, 2) == "read by Gemm");
}

BOOST_AUTO_TEST_CASE(of_convolutions_are_their_output_channels) {
  BOOST_TEST(read_by("Conv", {4, 2, 3}, 1) == "0");
  BOOST_TEST(read_by("Conv", {4, 2, 3, 3}, 1) == "0");
  BOOST_TEST(read_by("ConvTranspose", {4, 2, 3, 3}, 1) == "1");
  BOOST_TEST(read_by("Conv", {4, 2, 3, 3}, 0) == "read by Conv");
}

BOOST_AUTO_TEST_CASE(of_gather_are_the_gathered_rows) {
  BOOST_TEST(read_by("Gather", {4, 8}, 0) == "0");
  BOOST_TEST(read_by("Gather", {4, 8}, 0, {{"axis", -2}}) == "0");
  BOOST_TEST(read_by("Gather", {4, 8}, 0, {{"axis", 1}}) == "read by Gather");
}

BOOST_AUTO_TEST_CASE(are_not_given_for_other_readers) {
  BOOST_TEST(read_by("Add", {4, 8}, 1) == "read by Add");
  BOOST_TEST(read_by("LSTM", {1, 4, 8}, 1) == "read by LSTM");
}

BOOST_AUTO_TEST_CASE(are_not_given_for_operators_of_foreign_domains) {
  made_model model;
  model.output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"w", "w"}, "y").set_domain("acme");

  BOOST_TEST(axis_or_reason(model) == "read by acme.MatMul");
}

BOOST_AUTO_TEST_CASE(are_found_in_constant_nodes) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.constant("w", {4, 8});
  model.node("MatMul", {"x", "w"}, "y");

  BOOST_TEST(axis_or_reason(model) == "1");
}

BOOST_AUTO_TEST_CASE(go_through_identity_and_transpose) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("Identity", {"w"}, "a");
  model.node("Transpose", {"a"}, "b"); // reversed by default
  model.node("Identity", {"b"}, "c");
  model.node("MatMul", {"x", "c"}, "y");

  const auto source = opened(model);
  const auto& tensor = tensor_named(*source, "w");

  BOOST_TEST(tensor.channel_axis.value() == 0);
  const std::vector<std::string> wanted{"MatMul"};
  BOOST_TEST(tensor.operators == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follow_every_permutation) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {2, 3, 4, 5});
  set_attribute(model.node("Transpose", {"w"}, "a"), "perm", {2, 0, 3, 1});
  set_attribute(model.node("Transpose", {"a"}, "b"), "perm", {1, 2, 3, 0});
  // Axes of w: a has [2, 0, 3, 1], b has [0, 3, 1, 2].
  model.node("ConvTranspose", {"x", "b"}, "y");

  BOOST_TEST(axis_or_reason(model) == "3");
}

BOOST_AUTO_TEST_CASE(ignore_permutations_that_are_none) {
  for (const auto& perm : {std::vector<int64_t>{0, 0}, {0}, {0, 2}, {-1, 0}}) {
    made_model model;
    model.input("x", {1}).output("y", {1});
    model.weight("w", {2, 3});
    set_attribute(model.node("Transpose", {"w"}, "a"), "perm", perm);
    model.node("MatMul", {"x", "a"}, "y");

    BOOST_TEST(axis_or_reason(model) == "read by Transpose");
  }
}

BOOST_AUTO_TEST_CASE(are_those_that_most_readers_want) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"x", "w"}, "a");
  model.node("MatMul", {"x", "w"}, "b");
  model.node("Gather", {"w", "x"}, "c");

  BOOST_TEST(axis_or_reason(model) == "1");
}

BOOST_AUTO_TEST_CASE(are_the_lower_ones_when_readers_are_divided) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"x", "w"}, "a");
  model.node("Gather", {"w", "x"}, "c");

  BOOST_TEST(axis_or_reason(model) == "0");
}

BOOST_AUTO_TEST_CASE(are_refused_by_one_reader_of_many) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"x", "w"}, "a");
  model.node("Add", {"x", "w"}, "b");

  BOOST_TEST(axis_or_reason(model) == "also read by Add");
}

BOOST_AUTO_TEST_CASE(do_not_mind_readers_of_the_shape) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"x", "w"}, "a");
  model.node("Shape", {"w"}, "b");

  BOOST_TEST(axis_or_reason(model) == "1");
}

BOOST_AUTO_TEST_CASE(are_not_given_to_outputs_of_the_graph) {
  for (const auto* output : {"w", "a"}) {
    made_model model;
    model.input("x", {1}).output("y", {1}).output(output, {4, 8});
    model.weight("w", {4, 8});
    model.node("Identity", {"w"}, "a");
    model.node("MatMul", {"x", "a"}, "y");

    BOOST_TEST(axis_or_reason(model) == "is an output of the graph");
  }
}

BOOST_AUTO_TEST_CASE(are_not_given_when_nothing_reads_the_weight) {
  made_model model;
  model.weight("w", {4, 8});

  BOOST_TEST(axis_or_reason(model) == "nothing reads it");
}

BOOST_AUTO_TEST_CASE(are_not_given_to_other_types) {
  auto model = one_matmul();
  model.graph.mutable_initializer(0)->set_data_type(::onnx::TensorProto::INT32);

  BOOST_TEST(axis_or_reason(model) == "type i32");
}

BOOST_AUTO_TEST_CASE(are_given_from_opset_11_on) {
  BOOST_TEST(axis_or_reason(one_matmul(11)) == "1");
  BOOST_TEST(axis_or_reason(one_matmul(10))
             == "opset 10; 11 is the lowest that is quantized");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(subgraphs)

namespace {

/// An If whose then-branch has a node that reads `captured`.
made_model with_branch(const std::string& op) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  auto& branch = add_subgraph(model.node("If", {"x"}, "y"), "then_branch");
  auto& inner = *branch.add_node();
  inner.set_op_type(op);
  inner.add_input("x");
  inner.add_input("w");
  inner.add_output("z");
  branch.add_output()->set_name("z");
  return model;
}

} // namespace

BOOST_AUTO_TEST_CASE(count_as_readers_of_what_they_capture) {
  BOOST_TEST(axis_or_reason(with_branch("MatMul")) == "1");
  BOOST_TEST(axis_or_reason(with_branch("Add")) == "read by Add");
}

BOOST_AUTO_TEST_CASE(hide_names_that_they_define_themselves) {
  auto model = with_branch("MatMul");
  auto& branch =
    *model.graph.mutable_node(0)->mutable_attribute(0)->mutable_g();
  branch.add_initializer()->CopyFrom(model.graph.initializer(0));

  BOOST_TEST(axis_or_reason(model) == "nothing reads it");
}

BOOST_AUTO_TEST_CASE(do_not_confuse_names_of_their_siblings) {
  auto model = with_branch("Identity"); // z = x; w is no first input
  auto& node = *model.graph.mutable_node(0);
  auto& first = *node.mutable_attribute(0)->mutable_g()->mutable_node(0);
  first.mutable_input(0)->assign("w");
  first.mutable_input()->RemoveLast();
  auto& other = add_subgraph(node, "else_branch");
  auto& reader = *other.add_node(); // its own z, not the one above
  reader.set_op_type("MatMul");
  reader.add_input("x");
  reader.add_input("z");
  reader.add_output("q");

  BOOST_TEST(axis_or_reason(model) == "is an output of the graph");
}

BOOST_AUTO_TEST_CASE(keep_their_own_weights_as_they_are) {
  auto model = with_branch("MatMul");
  auto& branch =
    *model.graph.mutable_node(0)->mutable_attribute(0)->mutable_g();
  branch.add_initializer()->CopyFrom(model.graph.initializer(0));

  const variant made{*opened(model)};

  const auto& kept = made.proto.graph().node(0).attribute(0).g();
  BOOST_TEST(kept.initializer(0).SerializeAsString()
             == branch.initializer(0).SerializeAsString());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(graphs)

BOOST_AUTO_TEST_CASE(are_refused_with_a_cycle) {
  auto model = one_matmul();
  model.node("Identity", {"b"}, "a");
  model.node("Identity", {"a"}, "b");

  BOOST_TEST(refusal(model)
             == "invalid_argument: onnx: the graph has a cycle at or before "
                "node 1, \"Identity\"");
}

BOOST_AUTO_TEST_CASE(are_refused_with_a_cycle_through_a_subgraph) {
  auto model = one_matmul();
  auto& branch = add_subgraph(model.node("If", {"x"}, "a"), "then_branch");
  auto& inner = *branch.add_node();
  inner.set_op_type("Identity");
  inner.add_input("a"); // what the If itself gives
  inner.add_output("z");

  BOOST_TEST(refusal(model).find("has a cycle") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_read_in_any_order_of_nodes) {
  made_model model;
  model.input("x", {1}).output("y", {1});
  model.weight("w", {4, 8});
  model.node("MatMul", {"x", "a"}, "y");
  model.node("Identity", {"w"}, "a");

  BOOST_TEST(axis_or_reason(model) == "1");
}

BOOST_AUTO_TEST_CASE(are_refused_with_an_initializer_defined_twice) {
  auto model = one_matmul();
  model.weight("w", {1});

  BOOST_TEST(refusal(model)
             == "invalid_argument: onnx: initializer \"w\" is defined twice");
}

BOOST_AUTO_TEST_CASE(are_refused_with_a_value_defined_twice) {
  for (const auto* name : {"w", "x", "y"}) {
    auto model = one_matmul();
    model.node("Identity", {"x"}, name);

    BOOST_TEST(refusal(model)
               == "invalid_argument: onnx: value \"" + std::string{name}
                    + "\" is defined twice");
  }
}

BOOST_AUTO_TEST_CASE(are_refused_with_an_initializer_without_name) {
  auto model = one_matmul();
  model.weight("", {1});

  BOOST_TEST(refusal(model)
             == "invalid_argument: onnx: initializer 1 has no name");
}

BOOST_AUTO_TEST_CASE(are_refused_with_endless_names) {
  const std::string name(1025, 'n');
  made_model constant;
  constant.constant(name, {1});
  made_model input;
  input.input(name, {1});
  made_model output;
  output.output(name, {1});
  made_model initializer;
  initializer.weight(name, {1});

  for (const auto* const model : {&constant, &input, &output, &initializer})
    BOOST_TEST(
      refusal(*model).find("…\": a name of 1025 bytes, the most is 1024")
        != std::string::npos,
      refusal(*model));
}

BOOST_AUTO_TEST_CASE(are_kept_where_callers_may_replace_them) {
  auto model = one_matmul();
  model.input("w", {32, 16});
  const auto source = opened(model);

  BOOST_TEST(tensor_named(*source, "w").keep_reason
             == "the default of an input of the graph");
  const variant made{*source};
  BOOST_TEST(made.proto.graph().input_size() == 2);
  BOOST_TEST(made.has_initializer("w"));
}

BOOST_AUTO_TEST_CASE(are_no_defaults_where_every_one_is_listed) {
  auto model = one_matmul();
  model.weight("unused", {32, 16});
  model.input("w", {32, 16});
  model.input("unused", {32, 16});
  const auto source = opened(model);

  BOOST_TEST(tensor_named(*source, "w").keep_reason == "");
  const variant made{*source};
  BOOST_TEST(made.proto.graph().input_size() == 2); // x, unused
}

BOOST_AUTO_TEST_CASE(are_kept_with_a_short_reason) {
  auto model = one_matmul();
  for (char c = 'a'; c < 'k'; ++c)
    model.node(std::string(1000, c), {"w"}, std::string{"out_"} + c);

  const auto source = opened(model);

  BOOST_TEST(tensor_named(*source, "w").keep_reason.size() < 1200u);
  BOOST_TEST(tensor_named(*source, "w").operators.size() == 11u);
}

BOOST_AUTO_TEST_SUITE_END()
