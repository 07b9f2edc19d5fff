#include "accelerators/executor/openvino/graph_feed.hpp"

#include "messages/values/names.hpp"

#include <array>
#include <cstring>
#include <sstream>
#include <utility>

namespace trivium::accelerators {

namespace {

using pair = std::pair<tensor_type, ov::element::Type_t>;

constexpr std::array pairs{
  pair{tensor_type::f64, ov::element::Type_t::f64},
  pair{tensor_type::f32, ov::element::Type_t::f32},
  pair{tensor_type::f16, ov::element::Type_t::f16},
  pair{tensor_type::bf16, ov::element::Type_t::bf16},
  pair{tensor_type::i64, ov::element::Type_t::i64},
  pair{tensor_type::i32, ov::element::Type_t::i32},
  pair{tensor_type::i16, ov::element::Type_t::i16},
  pair{tensor_type::i8, ov::element::Type_t::i8},
  pair{tensor_type::u64, ov::element::Type_t::u64},
  pair{tensor_type::u32, ov::element::Type_t::u32},
  pair{tensor_type::u16, ov::element::Type_t::u16},
  pair{tensor_type::u8, ov::element::Type_t::u8},
  pair{tensor_type::boolean, ov::element::Type_t::boolean},
};

constexpr size_t max_words_bytes = 600;
constexpr std::string_view sink_suffix = "/sink_port_0";

} // namespace

ov::element::Type element_type(tensor_type type) {
  for (const auto& [ours, theirs] : pairs)
    if (ours == type)
      return theirs;
  return ov::element::dynamic;
}

tensor_type type_of(const ov::element::Type& type) {
  for (const auto& [ours, theirs] : pairs)
    if (type == theirs)
      return ours;
  return tensor_type::unknown;
}

expected<ov::Tensor> as_feed(const ov::Output<const ov::Node>& port,
                             const tensor_value& feed) {
  const auto shown = "input \"" + printable(feed.name) + "\"";
  const auto type = element_type(feed.type);
  const auto& wanted = port.get_element_type();
  if (wanted.is_static() && wanted != type)
    return fail(ec::invalid_argument,
                shown + ": fed " + std::string{to_string(feed.type)}
                  + ", the graph wants " + wanted.get_type_name());
  const ov::Shape shape(feed.shape.begin(), feed.shape.end());
  if (!port.get_partial_shape().compatible(ov::PartialShape{shape}))
    return fail(ec::invalid_argument, shown + ": fed " + to_string(feed.shape)
                                        + ", the graph wants "
                                        + port.get_partial_shape().to_string());
  if (feed.bytes.empty())
    return ov::Tensor{type, shape};
  // OpenVINO only reads inputs, but has no const tensor to say so.
  return ov::Tensor{type, shape, const_cast<std::byte*>(feed.bytes.data())};
}

expected<tensor_value> as_output(std::string name, const ov::Tensor& result) {
  tensor_value output;
  output.name = std::move(name);
  output.type = type_of(result.get_element_type());
  if (output.type == tensor_type::unknown)
    return fail(ec::unsupported, "output \"" + printable(output.name)
                                   + "\" has the type "
                                   + result.get_element_type().get_type_name());
  const auto shape = result.get_shape(); // a value: not the same one twice
  output.shape.assign(shape.begin(), shape.end());
  output.bytes.resize(result.get_byte_size());
  if (!output.bytes.empty())
    std::memcpy(output.bytes.data(), result.data(), output.bytes.size());
  return output;
}

std::string port_name(const ov::Output<const ov::Node>& port) {
  // The ONNX front end calls the node of output "y" "y/sink_port_0".
  auto name = port.get_node()->get_friendly_name();
  if (name.ends_with(sink_suffix))
    name.resize(name.size() - sink_suffix.size());
  const auto& names = port.get_names();
  if (names.count(name) != 0 || names.empty())
    return name;
  return port.get_any_name();
}

std::string runtime_words(std::string_view text) {
  std::istringstream lines{std::string{text}};
  std::string words;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("Exception from "))
      continue;
    words += (words.empty() ? "" : " ") + line;
  }
  if (words.size() > max_words_bytes)
    words.resize(max_words_bytes);
  return printable(words);
}

} // namespace trivium::accelerators
