#pragma once

#include "actors/gateway/refusal.hpp"
#include "messages/values/commands.hpp"

#include "trivium/v1/registry.pb.h"

#include <string>
#include <vector>

namespace trivium::actors {

/// What the node lays down for requests.
struct request_rules {
  std::string name_space = "default"; ///< Where a request names none.
  std::vector<std::string> roots;     ///< That file URIs may lie below.
};

inline constexpr int64_t default_ttl_seconds = 300;
inline constexpr int64_t longest_ttl_seconds = 365 * 24 * 3600;

/// The namespace of a request, or the node's own.
[[nodiscard]] checked<std::string>
checked_namespace(const std::string& text, const request_rules& rules);

[[nodiscard]] checked<model_ref> checked_model(const std::string& name_space,
                                               const std::string& model_id,
                                               const request_rules& rules);

[[nodiscard]] checked<semver> checked_version(const std::string& text);

/// `field` names it in the refusal.
[[nodiscard]] checked<std::string> checked_name(const char* field,
                                                const std::string& text);

/// Text for people: at most 1,024 bytes.
[[nodiscard]] checked<std::string> checked_reason(const std::string& text);

/// Nothing but what the request says is looked at.
[[nodiscard]] checked<register_model>
checked_registration(const v1::ModelRegistrationRequest& request,
                     const request_rules& rules);

[[nodiscard]] checked<delete_model>
checked_deletion(const v1::DeleteRequest& request, const request_rules& rules);

void write_registered(const model_registered& done,
                      v1::ModelRegistrationResponse& answer);

} // namespace trivium::actors
