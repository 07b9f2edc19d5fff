#include "messages/wire/job_requests.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"

#include <cmath>

namespace trivium {

namespace {

constexpr size_t max_created_bytes = 64;

// --- paths -------------------------------------------------------------------

expected<std::string> optional_path(std::string_view what,
                                    const std::string& text) {
  const auto refuse = [&](std::string_view why) {
    return of_request.refuse(std::string{what} + " " + std::string{why});
  };
  if (text.size() > max_path_bytes)
    return refuse("has " + std::to_string(text.size()) + " bytes; at most "
                  + std::to_string(max_path_bytes) + " are allowed");
  if (text.find('\0') != std::string::npos)
    return refuse("holds a NUL");
  if (!text.empty() && text.front() != '/')
    return refuse("\"" + printable(text.substr(0, 64))
                  + (text.size() > 64 ? "…" : "")
                  + "\" is not absolute; paths are the node's");
  return text;
}

expected<std::string> required_path(std::string_view what,
                                    const std::string& text) {
  if (text.empty())
    return of_request.refuse(std::string{what} + " is missing");
  return optional_path(what, text);
}

// --- hints -------------------------------------------------------------------

/// JobRequest and Golden hold hints alike.
template <class Message>
void write_hints(const input_hints& hints, Message& out) {
  for (const auto& [name, sizes] : hints.shapes)
    (*out.mutable_shapes())[utf8_text(name)].mutable_sizes()->Add(sizes.begin(),
                                                                  sizes.end());
  for (const auto& [name, range] : hints.ranges) {
    auto& wanted = (*out.mutable_ranges())[utf8_text(name)];
    wanted.set_low(range.low);
    wanted.set_high(range.high);
  }
}

expected<void> check_count(std::string_view what, size_t count) {
  if (count > max_input_hints)
    return of_request.refuse(std::to_string(count) + " " + std::string{what}
                             + "; at most " + std::to_string(max_input_hints)
                             + " are allowed");
  return {};
}

std::string input_text(std::string_view name) {
  return "input \"" + printable(name.substr(0, 64)) + "\"";
}

template <class Message>
expected<input_hints> read_hints(const Message& wire) {
  TRIVIUM_CHECK(check_count("shapes", wire.shapes().size()));
  TRIVIUM_CHECK(check_count("ranges", wire.ranges().size()));
  input_hints hints;
  for (const auto& [name, shape] : wire.shapes()) {
    if (static_cast<size_t>(shape.sizes_size()) > max_input_rank)
      return of_request.refuse(
        input_text(name) + ": a shape of " + std::to_string(shape.sizes_size())
        + " sizes; at most " + std::to_string(max_input_rank) + " are allowed");
    hints.shapes[name] = {shape.sizes().begin(), shape.sizes().end()};
  }
  for (const auto& [name, range] : wire.ranges()) {
    if (!std::isfinite(range.low()) || !std::isfinite(range.high())
        || range.low() > range.high())
      return of_request.refuse(input_text(name)
                               + ": a range wants finite a ≤ b");
    hints.ranges[name] = {range.low(), range.high()};
  }
  return hints;
}

// --- recipes -----------------------------------------------------------------

/// Beside a YAML its name is only what errors call it; alone it is looked up.
expected<void> check_recipe(const v1::JobRequest& wire, job_kind kind) {
  if (wire.recipe_text().size() > max_recipe_text_bytes)
    return of_request.refuse(
      "recipe text has " + std::to_string(wire.recipe_text().size())
      + " bytes; at most " + std::to_string(max_recipe_text_bytes)
      + " are allowed");
  if (wire.recipe().size() > max_path_bytes)
    return of_request.refuse(
      "recipe name has " + std::to_string(wire.recipe().size())
      + " bytes; at most " + std::to_string(max_path_bytes) + " are allowed");
  if (wire.recipe().empty()) {
    if (kind == job_kind::register_model)
      return {};
    return of_request.refuse("recipe is missing");
  }
  if (wire.recipe_text().empty())
    TRIVIUM_CHECK(of_request.name("recipe", wire.recipe()));
  return {};
}

} // namespace

v1::JobRequest to_wire(const job_request& wanted) {
  v1::JobRequest out;
  out.set_kind(wire_enum<v1::JobKind>(wanted.kind));
  out.set_path(utf8_text(wanted.path));
  *out.mutable_model() = to_wire(wanted.model);
  out.set_version(wire_text(wanted.version));
  out.set_recipe(wire_text(wanted.recipe));
  out.set_recipe_text(utf8_text(wanted.recipe_text));
  out.set_golden(utf8_text(wanted.golden));
  out.set_out(utf8_text(wanted.out));
  out.set_memory_bytes(wanted.memory_bytes);
  out.set_allow_unverified(wanted.allow_unverified);
  out.set_force(wanted.force);
  out.set_alias(wire_text(wanted.alias));
  write_hints(wanted.hints, out);
  return out;
}

expected<job_request> from_wire(const v1::JobRequest& wire) {
  job_request wanted;
  TRIVIUM_TRY(wanted.kind,
              of_request.enumeration("kind", wire.kind(), job_kind::quantize));
  TRIVIUM_TRY(wanted.path, wanted.kind == job_kind::quantize
                             ? optional_path("path", wire.path())
                             : required_path("path", wire.path()));
  TRIVIUM_TRY(wanted.model, of_request.model(wire.model()));
  if (!wire.version().empty()) {
    TRIVIUM_CHECK(of_request.version(wire.version()));
    wanted.version = wire.version();
  }
  TRIVIUM_CHECK(check_recipe(wire, wanted.kind));
  wanted.recipe = wire.recipe();
  wanted.recipe_text = wire.recipe_text();
  TRIVIUM_TRY(wanted.golden, optional_path("golden", wire.golden()));
  TRIVIUM_TRY(wanted.out, optional_path("out", wire.out()));
  wanted.memory_bytes = wire.memory_bytes();
  wanted.allow_unverified = wire.allow_unverified();
  wanted.force = wire.force();
  if (!wire.alias().empty()) {
    TRIVIUM_TRY(wanted.alias, of_request.name("alias", wire.alias()));
  }
  TRIVIUM_TRY(wanted.hints, read_hints(wire));
  return wanted;
}

v1::Golden to_wire(const golden_request& wanted) {
  v1::Golden out;
  out.set_model(utf8_text(wanted.model));
  out.set_golden(utf8_text(wanted.golden));
  out.set_record(wanted.record);
  out.set_inputs(utf8_text(wanted.inputs));
  write_hints(wanted.hints, out);
  out.set_created(wire_text(wanted.created));
  return out;
}

expected<golden_request> from_wire(const v1::Golden& wire) {
  golden_request wanted;
  TRIVIUM_TRY(wanted.model, required_path("model", wire.model()));
  TRIVIUM_TRY(wanted.golden, required_path("golden", wire.golden()));
  wanted.record = wire.record();
  TRIVIUM_TRY(wanted.inputs, optional_path("inputs", wire.inputs()));
  TRIVIUM_TRY(wanted.hints, read_hints(wire));
  if (wire.created().size() > max_created_bytes)
    return of_request.refuse("created has "
                             + std::to_string(wire.created().size())
                             + " bytes and is no time of day");
  wanted.created = wire.created();
  return wanted;
}

} // namespace trivium
