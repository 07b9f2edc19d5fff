#include "messages/wire/registry_requests.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

namespace {

/// Promote and Rollback name an alias alike.
template <class Message>
expected<alias_ref> alias_of(const Message& wire,
                             const std::string& name_space) {
  alias_ref ref;
  TRIVIUM_TRY(ref.model.name_space, of_request.name("namespace", name_space));
  TRIVIUM_TRY(ref.model.model, of_request.name("model name", wire.model()));
  TRIVIUM_TRY(ref.alias, of_request.name("alias", wire.alias()));
  return ref;
}

/// "" where any will do.
expected<std::string> optional_name(std::string_view what,
                                    const std::string& text) {
  return text.empty() ? std::string{} : of_request.name(what, text);
}

bool are_hex_digits(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

v1::Promote to_wire(const promotion& wanted) {
  v1::Promote out;
  out.set_model(wire_text(wanted.alias.model.model));
  out.set_alias(wire_text(wanted.alias.alias));
  out.set_version(wire_text(wanted.version));
  out.set_recipe(wire_text(wanted.recipe));
  out.set_allow_unverified(wanted.allow_unverified);
  out.set_reason(wire_text(wanted.reason));
  return out;
}

expected<promotion> from_wire(const v1::Promote& wire,
                              const std::string& name_space) {
  promotion wanted;
  TRIVIUM_TRY(wanted.alias, alias_of(wire, name_space));
  TRIVIUM_CHECK(of_request.version(wire.version()));
  wanted.version = wire.version();
  TRIVIUM_TRY(wanted.recipe, optional_name("recipe", wire.recipe()));
  wanted.allow_unverified = wire.allow_unverified();
  wanted.reason = wire.reason();
  return wanted;
}

v1::Rollback to_wire(const rollback& wanted) {
  v1::Rollback out;
  out.set_model(wire_text(wanted.alias.model.model));
  out.set_alias(wire_text(wanted.alias.alias));
  out.set_to_revision(wanted.to);
  out.set_reason(wire_text(wanted.reason));
  return out;
}

expected<rollback> from_wire(const v1::Rollback& wire,
                             const std::string& name_space) {
  rollback wanted;
  TRIVIUM_TRY(wanted.alias, alias_of(wire, name_space));
  wanted.to = wire.to_revision();
  wanted.reason = wire.reason();
  return wanted;
}

v1::GetLineage to_wire(const lineage_query& query) {
  v1::GetLineage out;
  out.set_artifact(wire_text(query.artifact));
  out.set_model(wire_text(query.model.model));
  out.set_version(wire_text(query.version));
  return out;
}

expected<lineage_query> from_wire(const v1::GetLineage& wire,
                                  const std::string& name_space) {
  lineage_query query;
  if (wire.artifact().empty() && wire.model().empty())
    return of_request.refuse("lineage wants an artifact or a model");
  if (wire.artifact().size() > 2 * digest::size_bytes
      || !are_hex_digits(wire.artifact()))
    return of_request.refuse("an artifact is named by up to 64 lower-case hex "
                             "digits");
  query.artifact = wire.artifact();
  TRIVIUM_TRY(query.model.name_space, of_request.name("namespace", name_space));
  TRIVIUM_TRY(query.model.model, optional_name("model name", wire.model()));
  if (!wire.version().empty())
    TRIVIUM_CHECK(of_request.version(wire.version()));
  query.version = wire.version();
  return query;
}

} // namespace trivium
