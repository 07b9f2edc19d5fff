#include "messages/wire/node.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/jobs.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

v1::Welcome to_wire(const node_identity& node) {
  v1::Welcome out;
  out.set_protocol(node.protocol);
  out.set_version(wire_text(node.version));
  out.set_store(utf8_text(node.store));
  out.set_default_namespace(wire_text(node.name_space));
  out.set_started_at(static_cast<uint64_t>(node.started_at));
  out.set_pid(node.pid);
  return out;
}

expected<node_identity> from_wire(const v1::Welcome& wire) {
  node_identity node;
  node.protocol = wire.protocol();
  node.version = wire.version();
  node.store = wire.store();
  if (!wire.default_namespace().empty()) {
    TRIVIUM_TRY(node.name_space,
                of_answer.name("namespace", wire.default_namespace()));
  }
  node.started_at = static_cast<unix_ms>(wire.started_at());
  node.pid = wire.pid();
  return node;
}

v1::NodeStatus to_wire(const node_status& status) {
  v1::NodeStatus out;
  out.set_version(wire_text(status.version));
  out.set_pid(status.pid);
  out.set_started_at(status.started_at);
  out.set_store(utf8_text(status.store));
  out.set_revision(status.head);
  out.set_is_draining(status.is_draining);
  out.set_rss_bytes(status.rss_bytes);
  out.set_cpu_seconds(status.cpu_seconds);
  out.set_sessions(status.sessions);
  out.set_restarts(status.restarts);
  out.set_log_level(wire_text(status.log_level));
  write_all(status.lanes, *out.mutable_lanes());
  write_all(status.jobs, *out.mutable_jobs());
  out.set_active_models(status.active_models);
  write_all(status.devices, *out.mutable_devices());
  for (const auto& name : status.silent)
    out.add_silent(wire_text(name));
  return out;
}

expected<node_status> from_wire(const v1::NodeStatus& wire) {
  node_status status;
  status.version = wire.version();
  status.pid = wire.pid();
  status.started_at = wire.started_at();
  status.store = wire.store();
  status.head = wire.revision();
  status.is_draining = wire.is_draining();
  status.rss_bytes = wire.rss_bytes();
  status.cpu_seconds = wire.cpu_seconds();
  status.sessions = wire.sessions();
  status.restarts = wire.restarts();
  status.log_level = wire.log_level();
  TRIVIUM_TRY(status.lanes, read_all<lane_status>(wire.lanes(), from_wire));
  TRIVIUM_TRY(status.jobs, read_all<job_status>(wire.jobs(), from_wire));
  status.active_models = wire.active_models();
  TRIVIUM_TRY(status.devices,
              read_all<device_status>(wire.devices(), from_wire));
  status.silent = {wire.silent().begin(), wire.silent().end()};
  return status;
}

v1::LaneStatus to_wire(const lane_status& lane) {
  v1::LaneStatus out;
  out.set_number(lane.number);
  out.set_device(wire_text(lane.device));
  out.set_is_busy(lane.is_busy);
  out.set_job(wire_text(lane.job));
  out.set_tensor(wire_text(lane.tensor));
  out.set_tile(lane.tile);
  out.set_seconds_on_tile(lane.seconds_on_tile);
  out.set_hangs(lane.hangs);
  out.set_tiles_done(lane.tiles_done);
  out.set_bytes_done(lane.bytes_done);
  return out;
}

expected<lane_status> from_wire(const v1::LaneStatus& wire) {
  lane_status lane;
  lane.number = wire.number();
  lane.device = wire.device();
  lane.is_busy = wire.is_busy();
  lane.job = wire.job();
  lane.tensor = wire.tensor();
  lane.tile = wire.tile();
  lane.seconds_on_tile = wire.seconds_on_tile();
  lane.hangs = wire.hangs();
  lane.tiles_done = wire.tiles_done();
  lane.bytes_done = wire.bytes_done();
  return lane;
}

v1::DeviceStatus to_wire(const device_status& device) {
  v1::DeviceStatus out;
  out.set_kind(wire_text(device.kind));
  out.set_name(wire_text(device.name));
  out.set_lanes(device.lanes);
  out.set_memory_bytes(device.memory_bytes);
  out.set_absence(wire_text(device.absence));
  return out;
}

expected<device_status> from_wire(const v1::DeviceStatus& wire) {
  return device_status{wire.kind(), wire.name(), wire.lanes(),
                       wire.memory_bytes(), wire.absence()};
}

v1::ActorStatus to_wire(const actor_status& actor) {
  v1::ActorStatus out;
  out.set_id(actor.id);
  out.set_parent(actor.parent);
  out.set_name(wire_text(actor.name));
  out.set_state(wire_text(actor.state));
  out.set_mailbox(actor.mailbox);
  out.set_restarts(actor.restarts);
  out.set_last_failure(wire_text(actor.last_failure));
  out.set_is_detached(actor.is_detached);
  return out;
}

expected<actor_status> from_wire(const v1::ActorStatus& wire) {
  actor_status actor;
  actor.id = wire.id();
  actor.parent = wire.parent();
  actor.name = wire.name();
  actor.state = wire.state();
  actor.mailbox = wire.mailbox();
  actor.restarts = wire.restarts();
  actor.last_failure = wire.last_failure();
  actor.is_detached = wire.is_detached();
  return actor;
}

v1::CollectedGarbage to_wire(const collected_garbage& collected) {
  v1::CollectedGarbage out;
  out.set_blobs(collected.blobs);
  out.set_bytes(collected.bytes);
  for (const auto& name : collected.names)
    out.add_names(wire_text(name));
  return out;
}

expected<collected_garbage> from_wire(const v1::CollectedGarbage& wire) {
  return collected_garbage{
    wire.blobs(), wire.bytes(), {wire.names().begin(), wire.names().end()}};
}

} // namespace trivium
