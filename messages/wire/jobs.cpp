#include "messages/wire/jobs.hpp"

#include "messages/wire/failure.hpp"
#include "messages/wire/records.hpp"
#include "messages/wire/registry_answers.hpp"
#include "messages/wire/reports.hpp"

namespace trivium {

v1::JobStatus to_wire(const job_status& status) {
  v1::JobStatus out;
  *out.mutable_record() = to_wire(status.record);
  out.set_is_queued(status.is_queued);
  out.set_stage(static_cast<uint32_t>(status.stage));
  out.set_done(status.done);
  out.set_total(status.total);
  out.set_seconds(status.seconds);
  return out;
}

expected<job_status> from_wire(const v1::JobStatus& wire) {
  job_status status;
  TRIVIUM_TRY(status.record, from_wire(wire.record()));
  status.is_queued = wire.is_queued();
  if (wire.stage() < job_stages)
    status.stage = static_cast<job_stage>(wire.stage());
  status.done = wire.done();
  status.total = wire.total();
  status.seconds = wire.seconds();
  return status;
}

v1::JobDetails to_wire(const job_details& details) {
  v1::JobDetails out;
  *out.mutable_status() = to_wire(details.status);
  if (details.report)
    *out.mutable_report() = to_wire(*details.report);
  if (details.registered)
    *out.mutable_registered() = to_wire(*details.registered);
  if (details.failure.code != ec::none)
    *out.mutable_failure() = to_wire(details.failure);
  return out;
}

expected<job_details> from_wire(const v1::JobDetails& wire) {
  job_details details;
  TRIVIUM_TRY(details.status, from_wire(wire.status()));
  if (wire.has_report()) {
    TRIVIUM_TRY(details.report, from_wire(wire.report()));
  }
  if (wire.has_registered()) {
    TRIVIUM_TRY(details.registered, from_wire(wire.registered()));
  }
  if (wire.has_failure())
    details.failure = from_wire(wire.failure());
  return details;
}

} // namespace trivium
