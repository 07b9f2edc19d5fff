#include "messages/values/names.hpp"
#include "tools/trivium/repl/json.hpp"

namespace trivium::tools::repl {

namespace {

void write_model(json_writer& json, const model_ref& model) {
  json.member("namespace", printable(model.name_space));
  json.member("model", printable(model.model));
}

} // namespace

void write(json_writer& json, const registered_version& found) {
  json.object([&] {
    json.key("version");
    write(json, found.version);
    json.member("version_revision", found.version_modified);
    json.member("create_revision", found.created);
    json.member("mod_revision", found.modified);
    json.member("lease", found.lease);
    json.member("ttl_seconds", found.ttl_seconds);
    json.member("lease_remaining_ms", found.lease_remaining.count());
    if (found.alias) {
      json.key("alias");
      write(json, *found.alias);
      json.member("alias_revision", found.alias_modified);
    }
    json.member("revision", found.at);
    json.member("consistency", to_string(found.given));
  });
}

void write(json_writer& json, const model_registered& done) {
  json.object([&] {
    json.member("revision", done.at);
    json.member("create_revision", done.created);
    json.member("version", to_string(done.version));
    json.member("lease", done.lease);
    json.member("ttl_seconds", done.ttl_seconds);
    json.member("was_known", done.was_known);
  });
}

void write(json_writer& json, const model_deleted& gone) {
  json.object([&] {
    json.member("revision", gone.at);
    json.member("deleted", gone.deleted);
  });
}

void write(json_writer& json, const alias_deleted& gone) {
  json.object([&] { json.member("revision", gone.at); });
}

void write(json_writer& json, const lease_status& lease) {
  json.object([&] {
    json.member("lease", lease.id);
    json.member("ttl_seconds", lease.ttl_seconds);
    json.member("remaining_ms", lease.remaining.count());
    json.member("is_over", lease.is_over);
    json.member("revision", lease.at);
  });
}

void write(json_writer& json, const lease_ended& ended) {
  json.object([&] {
    json.member("revision", ended.at);
    json.member("released", ended.released);
  });
}

void write(json_writer& json, const held_lease& lease) {
  json.object([&] {
    json.member("lease", lease.id);
    json.member("ttl_seconds", lease.ttl_seconds);
    json.member("remaining_ms", lease.remaining.count());
    json.key("models");
    json.array([&] {
      for (const auto& model : lease.models)
        json.object([&] { write_model(json, model); });
    });
  });
}

void write(json_writer& json, const event_record& event) {
  json.object([&] {
    json.member("revision", event.revision);
    json.member("kind", to_string(event.kind));
    if (!event.model.model.empty())
      write_model(json, event.model);
    json.member("version", printable(event.version));
    json.member("what", printable(event.what));
    json.member("subject", printable(event.subject));
    json.member("trace_id", printable(event.trace_id));
    json.member("at", event.at);
  });
}

} // namespace trivium::tools::repl
