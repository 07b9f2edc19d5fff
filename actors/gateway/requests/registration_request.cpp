#include "actors/gateway/requests/registration_request.hpp"

#include "messages/values/names.hpp"
#include "messages/values/storage_uri.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

constexpr size_t max_labels = 64;
constexpr size_t max_label_bytes = 63;
constexpr size_t max_idempotency_bytes = 128;
constexpr size_t max_reason_bytes = 1024;

tl::unexpected<refusal> invalid(std::string field, std::string text) {
  return refuse({ec::invalid_argument, std::move(text)}, std::move(field));
}

/// Of `field`: at most `most` bytes that a terminal can show.
checked<std::string> plain_text(const char* field, const std::string& text,
                                size_t most) {
  if (text.size() > most)
    return invalid(field, std::string{field} + " has "
                            + std::to_string(text.size()) + " bytes; at most "
                            + std::to_string(most));
  if (printable(text) != text)
    return invalid(field, std::string{field} + " holds control characters: \""
                            + printable(text) + "\"");
  return text;
}

} // namespace

checked<std::string> checked_name(const char* field, const std::string& text) {
  if (const auto valid = check_name(field, text); !valid)
    return invalid(field, valid.error().text);
  return text;
}

checked<std::string> checked_namespace(const std::string& text,
                                       const request_rules& rules) {
  if (text.empty())
    return rules.name_space;
  return checked_name("namespace", text);
}

checked<model_ref> checked_model(const std::string& name_space,
                                 const std::string& model_id,
                                 const request_rules& rules) {
  model_ref model;
  TRIVIUM_CHECKED(model.name_space, checked_namespace(name_space, rules));
  TRIVIUM_CHECKED(model.model, checked_name("model_id", model_id));
  return model;
}

checked<semver> checked_version(const std::string& text) {
  auto version = semver::parse(text);
  if (!version)
    return invalid("version", version.error().text);
  return std::move(*version);
}

checked<std::string> checked_reason(const std::string& text) {
  return plain_text("reason", text, max_reason_bytes);
}

checked<register_model>
checked_registration(const v1::ModelRegistrationRequest& request,
                     const request_rules& rules) {
  register_model command;
  TRIVIUM_CHECKED(command.model, checked_model(request.namespace_(),
                                               request.model_id(), rules));
  TRIVIUM_CHECKED(command.version, checked_version(request.version()));
  const auto uri = storage_uri::parse(request.storage_uri());
  if (!uri)
    return invalid("storage_uri", uri.error().text);
  const auto is_allowed = [&](const std::string& root) {
    return is_below(uri->path(), root);
  };
  if (uri->scheme() == storage_scheme::file
      && std::none_of(rules.roots.begin(), rules.roots.end(), is_allowed))
    return invalid("storage_uri",
                   rules.roots.empty()
                     ? "storage_uri: file:// is not accepted, since this node "
                       "has no roots (setting `roots`)"
                     : "storage_uri: " + printable(to_string(*uri))
                         + " lies below none of this node's roots");
  command.storage_uri = to_string(*uri);
  command.ttl_seconds =
    request.has_ttl_seconds() ? request.ttl_seconds() : default_ttl_seconds;
  if (command.ttl_seconds < 0 || command.ttl_seconds > longest_ttl_seconds)
    return invalid("ttl_seconds", "ttl_seconds is "
                                    + std::to_string(command.ttl_seconds)
                                    + "; wanted 0 (for ever) to "
                                    + std::to_string(longest_ttl_seconds));
  if (static_cast<size_t>(request.labels_size()) > max_labels)
    return invalid("labels",
                   "there are " + std::to_string(request.labels_size())
                     + " labels; at most " + std::to_string(max_labels));
  for (const auto& [name, value] : request.labels()) {
    if (name.empty())
      return invalid("labels", "a label has no name");
    TRIVIUM_CHECKED(auto known, plain_text("labels", name, max_label_bytes));
    TRIVIUM_CHECKED(command.labels[std::move(known)],
                    plain_text("labels", value, max_label_bytes));
  }
  TRIVIUM_CHECKED(command.idempotency_key,
                  plain_text("idempotency_key", request.idempotency_key(),
                             max_idempotency_bytes));
  command.lease = request.lease_id();
  return command;
}

checked<delete_model> checked_deletion(const v1::DeleteRequest& request,
                                       const request_rules& rules) {
  delete_model command;
  TRIVIUM_CHECKED(command.model, checked_model(request.namespace_(),
                                               request.model_id(), rules));
  if (!request.version().empty()) {
    TRIVIUM_CHECKED(command.version, checked_version(request.version()));
  }
  TRIVIUM_CHECKED(command.reason, checked_reason(request.reason()));
  return command;
}

void write_registered(const model_registered& done,
                      v1::ModelRegistrationResponse& answer) {
  answer.set_revision(done.at);
  answer.set_create_revision(done.created);
  answer.set_version(to_string(done.version));
  answer.set_was_known(done.was_known);
  answer.set_lease_id(done.lease);
  answer.set_ttl_seconds(done.ttl_seconds);
}

} // namespace trivium::actors
