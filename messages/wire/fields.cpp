#include "messages/wire/fields.hpp"

#include "messages/wire/wire_text.hpp"

#include <algorithm>
#include <array>

namespace trivium {

tl::unexpected<error> field_reader::refuse(std::string_view why) const {
  return fail(damage_, std::string{what_} + ": " + std::string{why});
}

tl::unexpected<error> field_reader::of_newer_build(std::string_view name,
                                                   int64_t number) const {
  return fail(ec::unsupported, std::string{what_} + ": " + std::string{name}
                                 + " " + std::to_string(number)
                                 + " was written by a newer build");
}

expected<digest> field_reader::optional_digest(std::string_view name,
                                               std::string_view bytes) const {
  if (bytes.empty())
    return digest{};
  if (bytes.size() != digest::size_bytes)
    return refuse("digest \"" + std::string{name} + "\" has "
                  + std::to_string(bytes.size()) + " bytes, not 32");
  std::array<uint8_t, digest::size_bytes> raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return digest{raw};
}

expected<digest> field_reader::required_digest(std::string_view name,
                                               std::string_view bytes) const {
  if (bytes.empty())
    return refuse("digest \"" + std::string{name} + "\" is missing");
  return optional_digest(name, bytes);
}

expected<semver> field_reader::version(std::string_view text) const {
  auto version = semver::parse(text);
  if (!version)
    return refuse(version.error().text);
  return version;
}

expected<std::string> field_reader::name(std::string_view what,
                                         const std::string& text) const {
  if (auto checked = check_name(what, text); !checked)
    return refuse(checked.error().text);
  return text;
}

expected<model_ref> field_reader::model(const v1::ModelRef& wire) const {
  model_ref ref;
  TRIVIUM_TRY(ref.name_space, name("name", wire.namespace_()));
  TRIVIUM_TRY(ref.model, name("name", wire.model()));
  return ref;
}

std::string wire_bytes(const digest& d) {
  if (!d.is_set())
    return {};
  return {reinterpret_cast<const char*>(d.bytes().data()), digest::size_bytes};
}

v1::ModelRef to_wire(const model_ref& model) {
  v1::ModelRef out;
  out.set_namespace_(wire_text(model.name_space));
  out.set_model(wire_text(model.model));
  return out;
}

} // namespace trivium
