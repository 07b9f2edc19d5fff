#include "actors/gateway/grpc/request_origin.hpp"

#include "actors/new_envelope.hpp"

namespace trivium::actors {

namespace {

/// "ipv4:127.0.0.1:50412" → "grpc:127.0.0.1": the port says nothing.
std::string subject_of(const std::string& peer) {
  const auto first = peer.find(':');
  const auto last = peer.rfind(':');
  if (first == std::string::npos || last <= first)
    return "grpc";
  return "grpc" + peer.substr(first, last - first);
}

} // namespace

envelope origin_of(const grpc::ServerContext& context,
                   const cancel_token& cancel, const std::string& name_space) {
  auto from = new_envelope(name_space, subject_of(context.peer()));
  const auto& headers = context.client_metadata();
  if (const auto found = headers.find("traceparent"); found != headers.end())
    if (const auto trace =
          parse_traceparent({found->second.data(), found->second.size()}))
      from.trace = *trace;
  from.deadline = context.deadline();
  from.cancel = cancel;
  return from;
}

} // namespace trivium::actors
