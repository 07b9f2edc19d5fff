#include "actors/registry/interrupted.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

namespace {

transaction replace(const key_value& entry, std::string value) {
  compare unchanged;
  unchanged.key = entry.key;
  unchanged.kind = compare::what::modified_is;
  unchanged.modified = entry.modified;
  transaction change;
  change.when.push_back(std::move(unchanged));
  change.then.push_back(put{entry.key, std::move(value), false});
  return change;
}

} // namespace

expected<std::vector<transaction>>
interrupted_work(std::span<const key_value> jobs,
                 std::span<const key_value> models, unix_ms now) {
  std::vector<transaction> changes;
  for (const auto& entry : jobs) {
    // One that cannot be read was written by a newer version, or is damaged:
    // who asks for it is told.
    auto job = storage::decode_job(entry.value);
    if (!job || job->state != job_state::running)
      continue;
    job->state = job_state::interrupted;
    job->reason =
      "process " + std::to_string(job->pid) + " ended before the job";
    job->ended_at = now;
    changes.push_back(replace(entry, storage::encode(*job)));
  }
  for (const auto& entry : models) {
    if (!keys::is_variant(entry.key))
      continue;
    auto variant = storage::decode_variant(entry.value);
    if (!variant
        || (variant->state != variant_state::quantizing
            && variant->state != variant_state::verifying))
      continue;
    variant->state = variant_state::failed;
    variant->reason = "interrupted";
    variant->changed_at = now;
    changes.push_back(replace(entry, storage::encode(*variant)));
  }
  return changes;
}

} // namespace trivium::actors
