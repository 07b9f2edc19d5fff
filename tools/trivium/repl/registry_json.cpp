#include "tools/trivium/repl/json.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/report.hpp"

namespace trivium::tools::repl {

namespace {

void write_model(json_writer& json, const model_ref& model) {
  json.member("namespace", printable(model.name_space));
  json.member("model", printable(model.model));
}

void write_digest(json_writer& json, std::string_view name, const digest& d) {
  if (d.is_set())
    json.member(name, to_string(d));
}

void write_text(json_writer& json, std::string_view name,
                std::string_view text) {
  json.member(name, printable(text));
}

void write_alias(json_writer& json, const alias_record& alias) {
  write_model(json, alias.model);
  write_text(json, "alias", alias.alias);
  json.member("version", to_string(alias.version));
  write_digest(json, "recipe_digest", alias.recipe_digest);
  write_digest(json, "artifact", alias.artifact);
  json.member("weight", alias.weight);
  write_text(json, "subject", alias.subject);
  write_text(json, "reason", alias.reason);
  write_text(json, "trace_id", alias.trace_id);
  json.member("moved_at", alias.moved_at);
}

} // namespace

void write(json_writer& json, const alias_record& alias) {
  json.object([&] { write_alias(json, alias); });
}

void write(json_writer& json, const promoted& moved) {
  json.object([&] {
    write_alias(json, moved.alias);
    json.member("revision", moved.at);
    json.member("was_there", moved.was_there);
  });
}

void write(json_writer& json, const model_summary& model) {
  json.object([&] {
    write_model(json, model.model);
    json.member("versions", model.versions);
    json.member("variants", model.variants);
    write_text(json, "newest", model.newest);
    json.key("aliases");
    write_all(json, model.aliases);
    json.member("changed_at", model.changed_at);
  });
}

void write(json_writer& json, const model_list& list) {
  json.object([&] {
    json.key("models");
    write_all(json, list.models);
    json.member("is_cut", list.is_cut);
  });
}

void write(json_writer& json, const version_record& version) {
  json.object([&] {
    write_model(json, version.model);
    json.member("version", to_string(version.version));
    json.member("state", to_string(version.state));
    json.member("format", to_string(version.format));
    json.member("size_bytes", version.size_bytes);
    write_digest(json, "artifact", version.artifact);
    write_text(json, "origin", version.storage_uri);
    json.key("labels");
    json.object([&] {
      for (const auto& [name, value] : version.labels)
        write_text(json, printable(name), value);
    });
    write_text(json, "subject", version.subject);
    write_text(json, "trace_id", version.trace_id);
    json.member("registered_at", version.registered_at);
  });
}

void write(json_writer& json, const variant_record& variant) {
  json.object([&] {
    write_model(json, variant.model);
    json.member("version", to_string(variant.version));
    write_text(json, "recipe", variant.recipe);
    write_digest(json, "recipe_digest", variant.recipe_digest);
    json.member("state", to_string(variant.state));
    write_text(json, "reason", variant.reason);
    write_digest(json, "source", variant.source);
    write_digest(json, "artifact", variant.artifact);
    json.member("bytes_before", variant.bytes_before);
    json.member("bytes_after", variant.bytes_after);
    json.member("tensors", variant.tensors);
    json.member("tensors_quantized", variant.tensors_quantized);
    if (variant.checked.is_judged())
      tools::write(json, variant.checked);
    write_text(json, "job", variant.job);
    write_text(json, "subject", variant.subject);
    write_text(json, "trace_id", variant.trace_id);
    json.member("started_at", variant.started_at);
    json.member("changed_at", variant.changed_at);
  });
}

void write(json_writer& json, const model_details& model) {
  json.object([&] {
    json.key("versions");
    write_all(json, model.versions);
    json.key("variants");
    write_all(json, model.variants);
    json.key("aliases");
    json.array([&] {
      for (size_t i = 0; i < model.aliases.size(); ++i)
        json.object([&] {
          write_alias(json, model.aliases[i]);
          if (i < model.alias_revisions.size())
            json.member("revision", model.alias_revisions[i]);
        });
    });
  });
}

void write(json_writer& json, const resolved_artifact& resolved) {
  json.object([&] {
    write_alias(json, resolved.alias);
    json.member("revision", resolved.at);
    json.member("format", to_string(resolved.files.format));
    json.key("files");
    json.array([&] {
      for (const auto& file : resolved.files.files)
        json.object([&] {
          write_text(json, "path", file.path);
          json.member("role", to_string(file.role));
          json.member("size", file.size);
          json.member("sha256", to_string(file.sha256));
        });
    });
  });
}

void write(json_writer& json, const history_entry& entry) {
  json.object([&] {
    json.member("revision", entry.at_revision);
    json.member("at", entry.at);
    write_text(json, "subject", entry.subject);
    write_text(json, "what", entry.what);
    write_text(json, "reason", entry.reason);
    write_text(json, "trace_id", entry.trace_id);
  });
}

void write(json_writer& json, const history_list& list) {
  json.object([&] {
    json.key("entries");
    write_all(json, list.entries);
    json.member("is_cut", list.is_cut);
  });
}

void write(json_writer& json, const lineage_entry& entry) {
  json.object([&] {
    json.member("artifact", to_string(entry.artifact));
    write_digest(json, "parent", entry.parent);
    write_model(json, entry.model);
    json.member("version", to_string(entry.version));
    if (!entry.recipe.empty()) {
      write_text(json, "recipe", entry.recipe);
      json.member("verdict", to_string(entry.verdict));
    }
    write_text(json, "origin", entry.origin);
    write_text(json, "state", entry.state);
    write_text(json, "job", entry.job);
    write_text(json, "subject", entry.subject);
    json.member("at", entry.at);
    json.key("aliases");
    json.array([&] {
      for (const auto& alias : entry.aliases)
        json.value(printable(alias));
    });
  });
}

} // namespace trivium::tools::repl
