#include "storage/formats/onnx/graph_values.hpp"

#include "storage/formats/tensor_limits.hpp"

#include <set>

namespace trivium::storage::onnx_io {

namespace {

expected<void> define_once(std::set<std::string>& names,
                           const std::string& name, const char* what) {
  if (names.insert(name).second)
    return {};
  return fail(ec::invalid_argument, std::string{"onnx: "} + what + " "
                                      + shown_name(name) + " is defined twice");
}

/// An initializer may have the name of an input: its default.
expected<void> check_names(const ::onnx::GraphProto& graph) {
  std::set<std::string> written;
  std::set<std::string> fed;
  for (const auto& tensor : graph.initializer()) {
    TRIVIUM_CHECK(check_tensor_name("onnx: initializer", tensor.name()));
    TRIVIUM_CHECK(define_once(written, tensor.name(), "initializer"));
  }
  for (const auto& tensor : graph.sparse_initializer())
    TRIVIUM_CHECK(define_once(written, tensor.values().name(), "initializer"));
  for (const auto& input : graph.input()) {
    TRIVIUM_CHECK(check_tensor_name("onnx: input", input.name()));
    TRIVIUM_CHECK(define_once(fed, input.name(), "input"));
  }
  for (const auto& output : graph.output())
    TRIVIUM_CHECK(check_tensor_name("onnx: output", output.name()));
  written.merge(fed);
  for (const auto& node : graph.node())
    for (const auto& output : node.output())
      if (!output.empty())
        TRIVIUM_CHECK(define_once(written, output, "value"));
  return {};
}

} // namespace

expected<graph_values> graph_values::make(const ::onnx::GraphProto& graph) {
  TRIVIUM_CHECK(check_names(graph));
  graph_values built;
  built.add(graph, built.main_, none);
  TRIVIUM_CHECK(built.refuse_cycles(graph));
  return built;
}

size_t graph_values::scope::find(const std::string& name) const {
  for (const auto* s = this; s != nullptr; s = s->outer)
    if (const auto found = s->values.find(name); found != s->values.end())
      return found->second;
  return none;
}

size_t graph_values::define(scope& in, const std::string& name) {
  const auto [found, is_new] = in.values.emplace(name, values_.size());
  if (is_new)
    values_.emplace_back();
  return found->second;
}

/// `top_level` is none for the main graph.
void graph_values::add(const ::onnx::GraphProto& graph, scope& here,
                       size_t top_level) {
  const auto is_main = top_level == none;
  for (const auto& input : graph.input())
    define(here, input.name());
  for (const auto& tensor : graph.initializer())
    define(here, tensor.name());
  for (const auto& tensor : graph.sparse_initializer())
    define(here, tensor.values().name());
  for (int i = 0; i < graph.node_size(); ++i)
    for (const auto& output : graph.node(i).output())
      if (!output.empty())
        values_[define(here, output)].writer =
          is_main ? static_cast<size_t>(i) : none;

  // Readers come after all names: nodes stand in any order.
  for (int i = 0; i < graph.node_size(); ++i)
    add_reader(graph.node(i), here,
               is_main ? static_cast<size_t>(i) : top_level);
  for (const auto& output : graph.output())
    if (const auto id = here.find(output.name()); id != none)
      values_[id].is_output = true;
}

void graph_values::add_reader(const ::onnx::NodeProto& node, const scope& here,
                              size_t top_level) {
  const auto result = node.output_size() > 0 ? here.find(node.output(0)) : none;
  for (int i = 0; i < node.input_size(); ++i)
    if (const auto id = here.find(node.input(i)); id != none)
      values_[id].readers.push_back({&node, i, result, top_level});
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g())
      add_inner(attribute.g(), here, top_level);
    for (const auto& graph : attribute.graphs())
      add_inner(graph, here, top_level);
  }
}

void graph_values::add_inner(const ::onnx::GraphProto& graph,
                             const scope& outer, size_t top_level) {
  scope inner{&outer, {}};
  add(graph, inner, top_level);
}

/// Kahn's algorithm over the main graph's nodes; what a subgraph captures
/// counts as input of the node that has it.
expected<void>
graph_values::refuse_cycles(const ::onnx::GraphProto& graph) const {
  const auto count = static_cast<size_t>(graph.node_size());
  std::vector<std::vector<size_t>> after(count);
  std::vector<size_t> waits_for(count);
  for (const auto& value : values_)
    if (value.writer != none)
      for (const auto& reader : value.readers) {
        after[value.writer].push_back(reader.top_level);
        ++waits_for[reader.top_level];
      }
  std::vector<size_t> ready;
  for (size_t i = 0; i < count; ++i)
    if (waits_for[i] == 0)
      ready.push_back(i);
  while (!ready.empty()) {
    const auto node = ready.back();
    ready.pop_back();
    for (const auto next : after[node])
      if (--waits_for[next] == 0)
        ready.push_back(next);
  }
  for (size_t i = 0; i < count; ++i)
    if (waits_for[i] != 0)
      return fail(ec::invalid_argument,
                  "onnx: the graph has a cycle at or before node "
                    + std::to_string(i) + ", "
                    + shown_name(graph.node(static_cast<int>(i)).op_type()));
  return {};
}

} // namespace trivium::storage::onnx_io
