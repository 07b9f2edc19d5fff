#pragma once

#include "messages/values/control.hpp"

#include "trivium/v1/control.pb.h"

#include <string>

namespace trivium {

/// Their namespace travels in the Request around them.
[[nodiscard]] v1::Promote to_wire(const promotion& wanted);
[[nodiscard]] v1::Rollback to_wire(const rollback& wanted);
[[nodiscard]] v1::GetLineage to_wire(const lineage_query& query);

/// `name_space` is the Request's, or the node's default where it has none.
/// Every name is one, a version a semver. Error: invalid_argument.
[[nodiscard]] expected<promotion> from_wire(const v1::Promote& wire,
                                            const std::string& name_space);
[[nodiscard]] expected<rollback> from_wire(const v1::Rollback& wire,
                                           const std::string& name_space);
/// At least one of artifact (1 to 64 lower-case hex digits) and model.
[[nodiscard]] expected<lineage_query> from_wire(const v1::GetLineage& wire,
                                                const std::string& name_space);

} // namespace trivium
