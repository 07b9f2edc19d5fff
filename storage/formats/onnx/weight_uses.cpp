#include "storage/formats/onnx/weight_uses.hpp"

#include "messages/values/names.hpp"

#include <map>
#include <numeric>
#include <set>

namespace trivium::storage::onnx_io {

namespace {

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

/// What `node` gives of a value with these axes, when it only passes it on.
std::optional<axis_map> passed_on(const ::onnx::NodeProto& node,
                                  const axis_map& axes) {
  if (!is_default_domain(node.domain()) || node.output_size() != 1)
    return std::nullopt;
  if (node.op_type() == "Identity")
    return axes;
  if (node.op_type() == "Transpose")
    return transposed(node, axes);
  return std::nullopt;
}

bool reads_only_the_shape(const ::onnx::NodeProto& node) {
  return is_default_domain(node.domain())
         && (node.op_type() == "Shape" || node.op_type() == "Size");
}

std::string shown_operator(const ::onnx::NodeProto& node) {
  constexpr size_t longest = 128;
  const auto name = is_default_domain(node.domain())
                      ? node.op_type()
                      : node.domain() + "." + node.op_type();
  return printable(std::string_view{name}.substr(0, longest));
}

std::string joined(const std::set<std::string>& words) {
  constexpr size_t most = 8;
  std::string text;
  size_t count = 0;
  for (const auto& word : words) {
    if (++count > most)
      return text + ", …";
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

/// What all readers of one weight want.
struct tally {
  std::set<std::string> operators;
  std::set<std::string> others;    ///< Those that cannot take an int8 weight.
  std::map<size_t, size_t> wishes; ///< By axis.
  bool is_output = false;

  void count(const ::onnx::NodeProto& node, int input, const axis_map& axes) {
    operators.insert(shown_operator(node));
    if (const auto axis = output_channel_axis(node, input, axes.size()))
      ++wishes[axes[*axis]];
    else if (!reads_only_the_shape(node))
      others.insert(shown_operator(node));
  }
};

tally readers_of(const graph_values& values, size_t weight, size_t rank) {
  tally seen;
  axis_map axes(rank);
  std::iota(axes.begin(), axes.end(), size_t{0});
  std::vector<std::pair<size_t, axis_map>> waiting{{weight, axes}};
  std::set<size_t> visited; // a subgraph may have a cycle
  while (!waiting.empty()) {
    const auto [at, map] = std::move(waiting.back());
    waiting.pop_back();
    if (!visited.insert(at).second)
      continue;
    seen.is_output = seen.is_output || values.at(at).is_output;
    for (const auto& reader : values.at(at).readers) {
      auto moved = passed_on(*reader.node, map);
      if (moved && reader.result != graph_values::none)
        waiting.emplace_back(reader.result, std::move(*moved));
      else
        seen.count(*reader.node, reader.input, map);
    }
  }
  return seen;
}

size_t most_wished(const std::map<size_t, size_t>& wishes) {
  auto best = wishes.begin();
  for (auto i = wishes.begin(); i != wishes.end(); ++i)
    if (i->second > best->second)
      best = i;
  return best->first;
}

} // namespace

weight_use use_of(const graph_values& values, const std::string& name,
                  const tensor_shape& shape) {
  const auto weight = values.find(name);
  const auto seen = weight == graph_values::none
                      ? tally{}
                      : readers_of(values, weight, shape.size());
  weight_use use;
  use.operators.assign(seen.operators.begin(), seen.operators.end());
  if (seen.is_output)
    use.keep_reason = "is an output of the graph";
  else if (seen.operators.empty())
    use.keep_reason = "nothing reads it";
  else if (seen.wishes.empty())
    use.keep_reason = "read by " + joined(seen.operators);
  else if (!seen.others.empty())
    use.keep_reason = "also read by " + joined(seen.others);
  else
    use.channel_axis = most_wished(seen.wishes);
  return use;
}

} // namespace trivium::storage::onnx_io
