#include "storage/formats/onnx/weight_uses.hpp"

#include "messages/values/names.hpp"

#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

namespace trivium::storage::onnx_io {

namespace {

constexpr size_t none = SIZE_MAX;

/// A node's input slot.
struct reader {
  const ::onnx::NodeProto* node = nullptr;
  int input = 0;
  size_t result = none; ///< The value that is the node's first output.
  size_t top_level = 0; ///< The main graph's node that it is, or is inside.
};

struct value {
  std::vector<reader> readers;
  bool is_output = false; ///< Of its own graph or of one inside.
  size_t writer = none;   ///< Node of the main graph.
};

struct scope {
  const scope* outer = nullptr;
  std::unordered_map<std::string, size_t> values;

  [[nodiscard]] size_t find(const std::string& name) const {
    for (const auto* s = this; s != nullptr; s = s->outer)
      if (const auto found = s->values.find(name); found != s->values.end())
        return found->second;
    return none;
  }
};

/// Source axis of each axis of a value that Transposes made of a weight.
using axis_map = std::vector<size_t>;

std::optional<axis_map> transposed(const ::onnx::NodeProto& node,
                                   const axis_map& axes) {
  axis_map result(axes.rbegin(), axes.rend());
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() != "perm")
      continue;
    if (static_cast<size_t>(attribute.ints_size()) != axes.size())
      return std::nullopt;
    std::set<int64_t> seen;
    for (int i = 0; i < attribute.ints_size(); ++i) {
      const auto from = attribute.ints(i);
      if (from < 0 || static_cast<size_t>(from) >= axes.size()
          || !seen.insert(from).second)
        return std::nullopt;
      result[static_cast<size_t>(i)] = axes[static_cast<size_t>(from)];
    }
  }
  return result;
}

std::string shown_operator(const ::onnx::NodeProto& node) {
  return printable(is_default_domain(node.domain())
                     ? node.op_type()
                     : node.domain() + "." + node.op_type());
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// What all readers of one weight want.
struct tally {
  std::set<std::string> operators;
  std::set<std::string> others;    ///< Those that cannot take an int8 weight.
  std::map<size_t, size_t> wishes; ///< By axis.
  bool is_output = false;
};

weight_use decided(const tally& seen) {
  weight_use use;
  use.operators.assign(seen.operators.begin(), seen.operators.end());
  if (seen.is_output) {
    use.keep_reason = "is an output of the graph";
  } else if (seen.operators.empty()) {
    use.keep_reason = "nothing reads it";
  } else if (seen.wishes.empty()) {
    use.keep_reason = "read by " + joined(seen.operators);
  } else if (!seen.others.empty()) {
    use.keep_reason = "also read by " + joined(seen.others);
  } else {
    auto best = seen.wishes.begin();
    for (auto i = seen.wishes.begin(); i != seen.wishes.end(); ++i)
      if (i->second > best->second)
        best = i;
    use.channel_axis = best->first;
  }
  return use;
}

} // namespace

struct weight_uses::index {
  scope main;
  std::vector<value> values;

  expected<void> add_main(const ::onnx::GraphProto& graph) {
    TRIVIUM_CHECK(refuse_repeated_names(graph));
    add(graph, main, none);
    return refuse_cycles(graph);
  }

  static expected<void> refuse_repeated_names(const ::onnx::GraphProto& graph) {
    std::set<std::string> written;
    const auto repeated = [&](const std::string& name, const char* what) {
      return fail(ec::invalid_argument, std::string{"onnx: "} + what + " \""
                                          + printable(name)
                                          + "\" is defined twice");
    };
    for (const auto& tensor : graph.initializer())
      if (!written.insert(tensor.name()).second)
        return repeated(tensor.name(), "initializer");
    for (const auto& tensor : graph.sparse_initializer())
      if (!written.insert(tensor.values().name()).second)
        return repeated(tensor.values().name(), "initializer");
    std::set<std::string> fed;
    for (const auto& input : graph.input())
      if (!fed.insert(input.name()).second)
        return repeated(input.name(), "input");
    written.merge(fed);
    for (const auto& node : graph.node())
      for (const auto& output : node.output())
        if (!output.empty() && !written.insert(output).second)
          return repeated(output, "value");
    return {};
  }

  size_t define(scope& in, const std::string& name) {
    const auto [found, is_new] = in.values.emplace(name, values.size());
    if (is_new)
      values.emplace_back();
    return found->second;
  }

  void add(const ::onnx::GraphProto& graph, scope& here, size_t top_level) {
    for (const auto& input : graph.input())
      define(here, input.name());
    for (const auto& tensor : graph.initializer())
      define(here, tensor.name());
    for (const auto& tensor : graph.sparse_initializer())
      define(here, tensor.values().name());
    const auto is_main = top_level == none;
    for (int i = 0; i < graph.node_size(); ++i)
      for (const auto& output : graph.node(i).output())
        if (!output.empty()) {
          const auto id = define(here, output);
          values[id].writer = is_main ? static_cast<size_t>(i) : none;
        }
    for (int i = 0; i < graph.node_size(); ++i)
      add_node(graph.node(i), here,
               is_main ? static_cast<size_t>(i) : top_level);
    for (const auto& output : graph.output())
      if (const auto id = here.find(output.name()); id != none)
        values[id].is_output = true;
  }

  void add_node(const ::onnx::NodeProto& node, const scope& here,
                size_t top_level) {
    const auto result =
      node.output_size() > 0 ? here.find(node.output(0)) : none;
    for (int i = 0; i < node.input_size(); ++i)
      if (const auto id = here.find(node.input(i)); id != none)
        values[id].readers.push_back({&node, i, result, top_level});
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g())
        add_inner(attribute.g(), here, top_level);
      for (const auto& graph : attribute.graphs())
        add_inner(graph, here, top_level);
    }
  }

  void add_inner(const ::onnx::GraphProto& graph, const scope& outer,
                 size_t top_level) {
    scope inner{&outer, {}};
    add(graph, inner, top_level);
  }

  /// Kahn's algorithm over the main graph's nodes; a subgraph's captures count
  /// as inputs of the node that has it.
  expected<void> refuse_cycles(const ::onnx::GraphProto& graph) const {
    const auto count = static_cast<size_t>(graph.node_size());
    std::vector<std::vector<size_t>> after(count);
    std::vector<size_t> waits_for(count);
    for (const auto& v : values)
      if (v.writer != none)
        for (const auto& r : v.readers) {
          after[v.writer].push_back(r.top_level);
          ++waits_for[r.top_level];
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
                      + std::to_string(i) + " ("
                      + shown_operator(graph.node(static_cast<int>(i))) + ")");
    return {};
  }

  /// Adds the readers of value `id`, whose axes are `axes` of the weight.
  void count(size_t id, const axis_map& axes, std::set<size_t>& visited,
             tally& seen) const;
};

void weight_uses::index::count(size_t id, const axis_map& axes,
                               std::set<size_t>& visited, tally& seen) const {
  std::vector<std::pair<size_t, axis_map>> waiting{{id, axes}};
  while (!waiting.empty()) {
    const auto [at, map] = std::move(waiting.back());
    waiting.pop_back();
    if (!visited.insert(at).second)
      continue;
    seen.is_output = seen.is_output || values[at].is_output;
    for (const auto& r : values[at].readers) {
      const auto& op = r.node->op_type();
      const auto ours = is_default_domain(r.node->domain());
      if (ours && op == "Identity" && r.result != none) {
        waiting.emplace_back(r.result, map);
        continue;
      }
      if (ours && op == "Transpose" && r.result != none) {
        if (auto moved = transposed(*r.node, map)) {
          waiting.emplace_back(r.result, std::move(*moved));
          continue;
        }
      }
      seen.operators.insert(shown_operator(*r.node));
      if (const auto axis = output_channel_axis(*r.node, r.input, map.size()))
        ++seen.wishes[map[*axis]];
      else if (!ours || (op != "Shape" && op != "Size"))
        seen.others.insert(shown_operator(*r.node));
    }
  }
}

expected<weight_uses> weight_uses::make(const ::onnx::GraphProto& graph) {
  auto built = std::make_unique<index>();
  TRIVIUM_CHECK(built->add_main(graph));
  return weight_uses{std::move(built)};
}

weight_uses::weight_uses(std::unique_ptr<const index> index)
  : index_(std::move(index)) {}
weight_uses::weight_uses(weight_uses&&) noexcept = default;
weight_uses& weight_uses::operator=(weight_uses&&) noexcept = default;
weight_uses::~weight_uses() = default;

weight_use weight_uses::use_of(const std::string& name,
                               const tensor_shape& shape) const {
  tally seen;
  if (const auto id = index_->main.find(name); id != none) {
    axis_map axes(shape.size());
    std::iota(axes.begin(), axes.end(), size_t{0});
    std::set<size_t> visited;
    index_->count(id, axes, visited, seen);
  }
  return decided(seen);
}

} // namespace trivium::storage::onnx_io
