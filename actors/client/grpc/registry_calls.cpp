#include "actors/client/grpc/registry_calls.hpp"

#include "actors/client/grpc/unary_call.hpp"
#include "messages/service/grpc_status.hpp"
#include "messages/values/digest.hpp"
#include "messages/wire/fields.hpp"

namespace trivium {

namespace {

using outcome = tl::expected<v1::Reply, call_failure>;

/// Names that the request leaves out are its envelope's.
template <class Message>
Message placed(Message message, const v1::Request& request) {
  if (message.namespace_().empty())
    message.set_namespace_(request.namespace_());
  return message;
}

// --- what the two protocols say in their own words ---------------------------

/// Of 64 hex digits; none for what is no digest.
std::string raw_digest(const std::string& hex) {
  const auto read = digest::parse(hex);
  return read ? wire_bytes(*read) : std::string{};
}

v1::PromoteRequest promotion_of(const v1::Request& request) {
  const auto& wanted = request.promote();
  v1::PromoteRequest out;
  out.set_namespace_(request.namespace_());
  out.set_model_id(wanted.model());
  out.set_alias(wanted.alias());
  out.set_version(wanted.version());
  out.set_recipe(wanted.recipe());
  out.set_allow_unverified(wanted.allow_unverified());
  out.set_reason(wanted.reason());
  return out;
}

v1::RollbackRequest rollback_of(const v1::Request& request) {
  const auto& wanted = request.rollback();
  v1::RollbackRequest out;
  out.set_namespace_(request.namespace_());
  out.set_model_id(wanted.model());
  out.set_alias(wanted.alias());
  out.set_to_revision(wanted.to_revision());
  out.set_reason(wanted.reason());
  return out;
}

v1::HistoryRequest history_of(const v1::Request& request) {
  v1::HistoryRequest out;
  out.set_namespace_(request.namespace_());
  out.set_model_id(request.history().model());
  out.set_alias(request.history().alias());
  out.set_limit(request.history().limit());
  return out;
}

v1::LineageRequest lineage_of(const v1::Request& request) {
  const auto& wanted = request.lineage();
  v1::LineageRequest out;
  out.set_namespace_(request.namespace_());
  out.set_model_id(wanted.model());
  out.set_version(wanted.version());
  out.set_artifact_sha256(wanted.artifact());
  return out;
}

void write_promoted(const v1::Alias& moved, v1::Promoted& out) {
  auto& record = *out.mutable_alias();
  record.mutable_model()->set_namespace_(moved.namespace_());
  record.mutable_model()->set_model(moved.model_id());
  record.set_alias(moved.alias());
  record.set_version(moved.version());
  record.set_recipe_digest(raw_digest(moved.recipe_digest()));
  record.set_artifact(raw_digest(moved.artifact_sha256()));
  record.set_weight(moved.weight());
  record.set_subject(moved.subject());
  record.set_reason(moved.reason());
  record.set_moved_at(moved.moved_at());
  out.set_revision(moved.mod_revision());
  out.set_was_there(moved.was_there());
}

void write_history(const v1::HistoryResponse& told, v1::HistoryList& out) {
  for (const auto& line : told.entries()) {
    auto& entry = *out.add_entries();
    entry.set_revision(line.revision());
    entry.set_at(line.at());
    entry.set_subject(line.subject());
    entry.set_what(line.what());
    entry.set_reason(line.reason());
    entry.set_trace_id(line.trace_id());
  }
  out.set_is_cut(told.is_cut());
}

void write_lineage(const v1::LineageResponse& told, v1::LineageList& out) {
  for (const auto& node : told.nodes()) {
    auto& entry = *out.add_entries();
    entry.set_artifact(raw_digest(node.artifact_sha256()));
    entry.set_parent(raw_digest(node.parent_sha256()));
    entry.mutable_model()->set_namespace_(node.namespace_());
    entry.mutable_model()->set_model(node.model_id());
    entry.set_version(node.version());
    entry.set_recipe(node.recipe());
    entry.set_origin(node.origin());
    entry.set_state(node.state());
    entry.set_verdict(node.verdict());
    entry.set_job(node.job());
    entry.set_subject(node.subject());
    entry.set_at(node.at());
    *entry.mutable_aliases() = node.aliases();
  }
}

// --- one call ----------------------------------------------------------------

class registry_call {
public:
  registry_call(registry_stub& stub, const v1::Request& request, deadline until,
                const cancel_token& cancel)
    : stub_(stub), request_(request), cancel_(cancel) {
    context_.set_deadline(system_time(until));
    context_.set_wait_for_ready(true);
    if (!request.traceparent().empty())
      context_.AddMetadata("traceparent", request.traceparent());
  }

  /// `prepare`: PrepareAsync… of the stub.
  template <class Request, class Response>
  grpc::Status run(std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
                     registry_stub::*prepare)(grpc::ClientContext*,
                                              const Request&,
                                              grpc::CompletionQueue*),
                   const Request& request, Response& response) {
    return run_unary(context_, request, response, cancel_,
                     [&](auto* context, const auto& wanted, auto* queue) {
                       return (stub_.*prepare)(context, wanted, queue);
                     });
  }

  grpc::Status carry_out(v1::Reply& reply) {
    using v1::Request;
    switch (request_.command_case()) {
    case Request::kRegistration:
      return run(&registry_stub::PrepareAsyncRegister,
                 placed(request_.registration(), request_),
                 *reply.mutable_registration());
    case Request::kVersion:
      return run(&registry_stub::PrepareAsyncGet,
                 placed(request_.version(), request_),
                 *reply.mutable_version());
    case Request::kRegistrations:
      return run(&registry_stub::PrepareAsyncList,
                 placed(request_.registrations(), request_),
                 *reply.mutable_registrations());
    case Request::kDeletion:
      return run(&registry_stub::PrepareAsyncDelete,
                 placed(request_.deletion(), request_),
                 *reply.mutable_deletion());
    case Request::kAlias:
      return run(&registry_stub::PrepareAsyncSetAlias,
                 placed(request_.alias(), request_), *reply.mutable_alias());
    case Request::kAliasDeletion:
      return run(&registry_stub::PrepareAsyncDeleteAlias,
                 placed(request_.alias_deletion(), request_),
                 *reply.mutable_alias_deletion());
    case Request::kLease:
      return run(&registry_stub::PrepareAsyncGrantLease, request_.lease(),
                 *reply.mutable_lease());
    case Request::kKeepAlive:
      return keep_alive(*reply.mutable_lease());
    case Request::kLeaseEnd:
      return run(&registry_stub::PrepareAsyncRevokeLease, request_.lease_end(),
                 *reply.mutable_lease_end());
    default:
      return carry_out_older(reply);
    }
  }

private:
  /// Commands that control.proto had before the service was there.
  grpc::Status carry_out_older(v1::Reply& reply) {
    using v1::Request;
    grpc::Status status;
    switch (request_.command_case()) {
    case Request::kPromote: {
      v1::Alias moved;
      status =
        run(&registry_stub::PrepareAsyncPromote, promotion_of(request_), moved);
      write_promoted(moved, *reply.mutable_promoted());
      return status;
    }
    case Request::kRollback: {
      v1::Alias moved;
      status =
        run(&registry_stub::PrepareAsyncRollback, rollback_of(request_), moved);
      write_promoted(moved, *reply.mutable_promoted());
      return status;
    }
    case Request::kHistory: {
      v1::HistoryResponse told;
      status =
        run(&registry_stub::PrepareAsyncHistory, history_of(request_), told);
      write_history(told, *reply.mutable_history());
      return status;
    }
    case Request::kLineage: {
      v1::LineageResponse told;
      status =
        run(&registry_stub::PrepareAsyncLineage, lineage_of(request_), told);
      write_lineage(told, *reply.mutable_lineage());
      return status;
    }
    default:
      return to_grpc({ec::unsupported, "the gRPC door has the registry alone; "
                                       "this takes the node's own door"});
    }
  }

  /// A stream of one request.
  grpc::Status keep_alive(v1::Lease& lease) {
    grpc::CompletionQueue queue;
    grpc::Status status;
    const auto stream = stub_.PrepareAsyncKeepAlive(&context_, &queue);
    const auto step = [&](const auto& begin) {
      begin();
      drive(queue, context_, cancel_);
    };
    step([&] { stream->StartCall(this); });
    step([&] { stream->Write(request_.keep_alive(), this); });
    step([&] { stream->Read(&lease, this); });
    step([&] { stream->WritesDone(this); });
    step([&] { stream->Finish(&status, this); });
    return status;
  }

  registry_stub& stub_;
  const v1::Request& request_;
  const cancel_token& cancel_;
  grpc::ClientContext context_;
};

/// What gRPC itself says became of the call, in the words of the actor door.
error lost_call(const grpc::Status& status, request_kind kind,
                bool is_connected, const cancel_token& cancel) {
  const auto is_change = kind == request_kind::change;
  switch (status.error_code()) {
  case grpc::StatusCode::CANCELLED:
    if (cancel.is_cancelled())
      return {ec::cancelled, "stopped"};
    [[fallthrough]]; // the node stops
  case grpc::StatusCode::UNAVAILABLE:
    if (is_change)
      return {ec::outcome_unknown,
              "the connection broke before the node answered: the change may "
              "have been made"};
    return {ec::unavailable, "the connection broke before the node answered: "
                               + status.error_message()};
  case grpc::StatusCode::DEADLINE_EXCEEDED:
    if (!is_connected) // since it was asked: else it would be UNAVAILABLE
      return {ec::unavailable, "no connection: no node answers there"};
    if (kind != request_kind::read)
      return {ec::outcome_unknown, "the node did not answer in time: the "
                                   "change may have been made"};
    return {ec::deadline_exceeded, "the node did not answer in time"};
  case grpc::StatusCode::UNIMPLEMENTED:
    return {ec::unsupported, "the node does not know this call"};
  default:
    return from_grpc(status).reason;
  }
}

} // namespace

tl::expected<v1::Reply, call_failure>
call_registry(grpc::ChannelInterface& channel, registry_stub& stub,
              const v1::Request& request, request_kind kind, deadline until,
              const cancel_token& cancel) {
  v1::Reply reply;
  registry_call call{stub, request, until, cancel};
  const auto status = call.carry_out(reply);
  if (status.ok())
    return reply;
  auto told = from_grpc(status);
  if (!told.is_ours)
    told.reason = lost_call(
      status, kind, channel.GetState(false) == GRPC_CHANNEL_READY, cancel);
  return tl::unexpected<call_failure>{
    call_failure{std::move(told.reason), told.retry_after}};
}

v1::EventNotice notice_of(const v1::ModelEvent& event) {
  v1::EventNotice notice;
  notice.set_revision(event.revision());
  auto& record = *notice.mutable_event();
  record.set_kind(event.kind());
  if (!event.model_id().empty()) {
    record.mutable_model()->set_namespace_(event.namespace_());
    record.mutable_model()->set_model(event.model_id());
  }
  record.set_version(event.version());
  record.set_what(event.what());
  record.set_subject(event.subject());
  record.set_trace_id(event.trace_id());
  record.set_at(event.at());
  return notice;
}

} // namespace trivium
