#include "messages/service/grpc_status.hpp"

#include "messages/wire/wire_text.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>

namespace trivium {

namespace {

constexpr auto domain = "trivium";

/// gRPC's metadata of 8 KiB is shared with others.
constexpr size_t longest_text = 2048;

std::optional<ec> code_named(std::string_view name) {
  for (int code = 1; code <= static_cast<int>(last_ec); ++code)
    if (to_string(static_cast<ec>(code)) == name)
      return static_cast<ec>(code);
  return std::nullopt;
}

} // namespace

grpc::Status to_grpc(const error& reason, const error_context& context) {
  const auto& row = mapping(reason.code);
  auto text = wire_text(reason.text);
  if (text.size() > longest_text)
    text = wire_text(std::string_view{text}.substr(0, longest_text)) + "…";
  google::rpc::Status status;
  status.set_code(row.grpc_status);
  status.set_message(text);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string{row.name});
  info.set_domain(domain);
  for (const auto& [key, value] : context.metadata)
    (*info.mutable_metadata())[key] = value;
  status.add_details()->PackFrom(info);
  if (!context.field.empty()) {
    google::rpc::BadRequest request;
    auto& violation = *request.add_field_violations();
    violation.set_field(context.field);
    violation.set_description(text);
    status.add_details()->PackFrom(request);
  }
  if (const auto delay = retry_after(reason.code)) {
    google::rpc::RetryInfo retry;
    const auto ms = delay->count();
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(ms % 1000)
                                           * 1'000'000);
    retry.mutable_retry_delay()->set_seconds(ms / 1000);
    status.add_details()->PackFrom(retry);
  }
  return {static_cast<grpc::StatusCode>(row.grpc_status), text,
          status.SerializeAsString()};
}

told_failure from_grpc(const grpc::Status& status) {
  told_failure told{{ec::internal, status.error_message()}};
  for (int code = 1; code <= static_cast<int>(last_ec); ++code)
    if (mapping(static_cast<ec>(code)).grpc_status == status.error_code())
      told.reason.code = static_cast<ec>(code);
  google::rpc::Status said;
  if (!said.ParseFromString(status.error_details()))
    return told;
  for (const auto& detail : said.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info) && info.domain() == domain) {
      told.is_ours = true;
      told.metadata = {info.metadata().begin(), info.metadata().end()};
      if (const auto code = code_named(info.reason()))
        told.reason.code = *code;
    } else if (detail.UnpackTo(&retry)) {
      const auto& delay = retry.retry_delay();
      const auto seconds = std::clamp<int64_t>(delay.seconds(), 0, 86'400);
      const auto nanos = std::clamp(delay.nanos(), 0, 999'999'999);
      told.retry_after =
        std::chrono::milliseconds{seconds * 1000 + nanos / 1'000'000};
    }
  }
  return told;
}

} // namespace trivium
