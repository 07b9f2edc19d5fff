#pragma once

#include "messages/values/control.hpp"
#include "messages/values/json_writer.hpp"
#include "tools/trivium/repl/registration_view.hpp"

#include <string>
#include <vector>

/// What the console tells programs: one line of JSON a command, exact numbers,
/// times in milliseconds since 1970. Strangers' text is made printable.
namespace trivium::tools::repl {

void write(json_writer& json, const model_summary& model);
void write(json_writer& json, const version_record& version);
void write(json_writer& json, const variant_record& variant);
void write(json_writer& json, const alias_record& alias);
void write(json_writer& json, const history_entry& entry);
void write(json_writer& json, const lineage_entry& entry);
void write(json_writer& json, const resolved_artifact& resolved);
void write(json_writer& json, const device_status& device);
void write(json_writer& json, const lane_status& lane);
void write(json_writer& json, const actor_status& actor);
void write(json_writer& json, const job_status& job);
void write(json_writer& json, const job_details& job);
void write(json_writer& json, const node_status& node);
void write(json_writer& json, const promoted& moved);

void write(json_writer& json, const registered_version& found);
void write(json_writer& json, const model_registered& done);
void write(json_writer& json, const model_deleted& gone);
void write(json_writer& json, const alias_deleted& gone);
void write(json_writer& json, const lease_status& lease);
void write(json_writer& json, const lease_ended& ended);
void write(json_writer& json, const held_lease& lease);
void write(json_writer& json, const event_record& event);

/// {"models":[…],"is_cut":false}, {"entries":[…],"is_cut":false}
void write(json_writer& json, const model_list& list);
void write(json_writer& json, const history_list& list);
/// {"versions":[…],"variants":[…],"aliases":[…]}
void write(json_writer& json, const model_details& model);

template <class Value>
void write_all(json_writer& json, const std::vector<Value>& values) {
  json.array([&] {
    for (const auto& value : values)
      write(json, value);
  });
}

template <class Value>
[[nodiscard]] std::string json_of(const Value& value) {
  json_writer json;
  write(json, value);
  return std::move(json).text();
}

template <class Value>
[[nodiscard]] std::string json_of(const std::vector<Value>& values) {
  json_writer json;
  write_all(json, values);
  return std::move(json).text();
}

} // namespace trivium::tools::repl
