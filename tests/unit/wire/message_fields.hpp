#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace trivium::test {

/// Fields that say nothing, here and in every message inside: unset, or with
/// the value of a sibling of the same type (booleans may agree). As
/// "trivium.v1.JobRequest.golden".
[[nodiscard]] std::vector<std::string>
mute_fields(const google::protobuf::Message& message);

} // namespace trivium::test
