#include "tools/trivium/model_options.hpp"

#include "actors/domain/model_naming.hpp"
#include "config/recipe_file.hpp"
#include "messages/values/human.hpp"
#include "messages/values/names.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace trivium::tools {

namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, value);
  if (failed != std::errc{} || end != last || text.empty())
    return std::nullopt;
  return value;
}

/// NAME=REST; a name may hold '=' nowhere.
expected<std::pair<std::string, std::string_view>>
split(std::string_view option, const std::string& text,
      std::string_view wanted) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(ec::invalid_argument, std::string{option} + " \""
                                        + printable(text) + "\": wanted "
                                        + std::string{wanted});
  return std::pair{text.substr(0, equals),
                   std::string_view{text}.substr(equals + 1)};
}

} // namespace

void input_options::add_to(CLI::App& command) {
  // Once an option: a list would swallow the model's name behind it.
  command
    .add_option("--shape", shapes, "NAME=1,3,48,320: shape of a dynamic input")
    ->type_name("NAME=…")
    ->allow_extra_args(false);
  command
    .add_option("--input-range", ranges,
                "NAME=a:b: range of made-up values of an input")
    ->type_name("NAME=a:b")
    ->allow_extra_args(false);
}

expected<input_hints> input_options::hints() const {
  input_hints result;
  for (const auto& text : shapes) {
    constexpr std::string_view wanted = "NAME=1,3,48 (whole numbers)";
    TRIVIUM_TRY(auto parts, split("--shape", text, wanted));
    auto& [name, rest] = parts;
    std::vector<uint64_t> shape;
    while (true) {
      const auto comma = rest.find(',');
      const auto dimension = number<uint64_t>(rest.substr(0, comma));
      if (!dimension)
        return fail(ec::invalid_argument, "--shape \"" + printable(text)
                                            + "\": wanted "
                                            + std::string{wanted});
      shape.push_back(*dimension);
      if (comma == std::string_view::npos)
        break;
      rest.remove_prefix(comma + 1);
    }
    result.shapes.insert_or_assign(name, std::move(shape));
  }
  for (const auto& text : ranges) {
    constexpr std::string_view wanted = "NAME=a:b (numbers, a <= b)";
    TRIVIUM_TRY(const auto parts, split("--input-range", text, wanted));
    const auto& [name, rest] = parts;
    const auto colon = rest.find(':');
    const auto low = number<double>(rest.substr(0, colon));
    const auto high = colon == std::string_view::npos
                        ? std::nullopt
                        : number<double>(rest.substr(colon + 1));
    if (!low || !high || !std::isfinite(*low) || !std::isfinite(*high)
        || *low > *high)
      return fail(ec::invalid_argument, "--input-range \"" + printable(text)
                                          + "\": wanted "
                                          + std::string{wanted});
    result.ranges.insert_or_assign(name, input_range{*low, *high});
  }
  return result;
}

expected<recipe> find_recipe(const std::string& name_or_path) {
  return config::load_recipe(name_or_path, config::recipe_folders());
}

expected<uint64_t> memory_bytes(const std::string& text) {
  if (text.empty())
    return uint64_t{0};
  return parse_bytes(text);
}

expected<model_ref> model_name(const std::string& name,
                               const std::string& name_space,
                               const std::filesystem::path& model) {
  std::error_code ignored;
  const auto absolute =
    std::filesystem::absolute(model, ignored).lexically_normal();
  const model_ref ref{
    name_space, name.empty() ? domain::default_model_name(absolute) : name};
  TRIVIUM_CHECK(check_name("model name", ref.model));
  return ref;
}

} // namespace trivium::tools
