#include "tools/trivium/repl/json.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/repl/job_view.hpp"
#include "tools/trivium/report.hpp"
#include "tools/trivium/short_report.hpp"

namespace trivium::tools::repl {

namespace {

void write_members(json_writer& json, const job_status& job) {
  const auto& record = job.record;
  json.member("id", printable(record.id));
  json.member("kind", printable(record.kind));
  json.member("namespace", printable(record.model.name_space));
  json.member("model", printable(record.model.model));
  json.member("version", to_string(record.version));
  json.member("recipe", printable(record.recipe));
  json.member("state", state_of(job));
  json.member("reason", printable(record.reason));
  json.member("subject", printable(record.subject));
  json.member("trace_id", printable(record.trace_id));
  json.member("started_at", record.started_at);
  if (job.has_ended()) {
    json.member("ended_at", record.ended_at);
    return;
  }
  json.member("stage", to_string(job.stage));
  json.member("done", job.done);
  json.member("total", job.total);
  json.member("seconds", job.seconds);
}

} // namespace

void write(json_writer& json, const device_status& device) {
  json.object([&] {
    json.member("kind", printable(device.kind));
    json.member("name", printable(device.name));
    json.member("lanes", device.lanes);
    json.member("memory_bytes", device.memory_bytes);
    json.member("absence", printable(device.absence));
  });
}

void write(json_writer& json, const lane_status& lane) {
  json.object([&] {
    json.member("number", lane.number);
    json.member("device", printable(lane.device));
    json.member("is_busy", lane.is_busy);
    json.member("hangs", lane.hangs);
    if (lane.is_busy) {
      json.member("job", printable(lane.job));
      json.member("tensor", printable(lane.tensor));
      json.member("tile", lane.tile);
      json.member("seconds_on_tile", lane.seconds_on_tile);
    }
    json.member("tiles_done", lane.tiles_done);
    json.member("bytes_done", lane.bytes_done);
  });
}

void write(json_writer& json, const actor_status& actor) {
  json.object([&] {
    json.member("id", actor.id);
    json.member("parent", actor.parent);
    json.member("name", printable(actor.name));
    json.member("state", printable(actor.state));
    json.member("mailbox", actor.mailbox);
    json.member("restarts", actor.restarts);
    json.member("last_failure", printable(actor.last_failure));
    json.member("is_detached", actor.is_detached);
  });
}

void write(json_writer& json, const job_status& job) {
  json.object([&] { write_members(json, job); });
}

void write(json_writer& json, const job_details& job) {
  json.object([&] {
    write_members(json, job.status);
    if (job.registered) {
      json.key("registered");
      json.raw(tools::json_of(*job.registered));
    }
    if (job.report) {
      json.key("report");
      json.raw(tools::json_of(*job.report, job.failure));
    }
    if (job.failure.code != ec::none) {
      json.key("error");
      json.object([&] {
        json.member("code", to_string(job.failure.code));
        json.member("text", printable(job.failure.text));
      });
    }
  });
}

void write(json_writer& json, const node_status& node) {
  json.object([&] {
    json.member("version", printable(node.version));
    json.member("pid", node.pid);
    json.member("started_at", node.started_at);
    json.member("store", printable(node.store));
    json.member("revision", node.head);
    json.member("is_draining", node.is_draining);
    json.member("rss_bytes", node.rss_bytes);
    json.member("cpu_seconds", node.cpu_seconds);
    json.member("sessions", node.sessions);
    json.member("restarts", node.restarts);
    json.member("log_level", printable(node.log_level));
    json.member("active_models", node.active_models);
    json.key("lanes");
    write_all(json, node.lanes);
    json.key("jobs");
    write_all(json, node.jobs);
    json.key("devices");
    write_all(json, node.devices);
    json.key("silent");
    json.array([&] {
      for (const auto& name : node.silent)
        json.value(printable(name));
    });
  });
}

} // namespace trivium::tools::repl
