#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/records.hpp"

#include "trivium/v1/records.pb.h"

namespace trivium {

/// Records as messages, in a store and between processes. Texts pass
/// `wire_text`, because protobuf refuses to read back what is not UTF-8.
[[nodiscard]] v1::RegistrationRecord to_wire(const registration_record& record);
[[nodiscard]] v1::VersionRecord to_wire(const version_record& record);
[[nodiscard]] v1::VariantRecord to_wire(const variant_record& record);
[[nodiscard]] v1::AliasRecord to_wire(const alias_record& record);
[[nodiscard]] v1::JobRecord to_wire(const job_record& record);
[[nodiscard]] v1::EventRecord to_wire(const event_record& record);

/// Strict: every enum known, every digest of 32 bytes, every version a semver.
/// Errors: data_loss for what no build wrote, unsupported for an enum value of
/// a newer build.
[[nodiscard]] expected<registration_record>
from_wire(const v1::RegistrationRecord& wire);
[[nodiscard]] expected<version_record> from_wire(const v1::VersionRecord& wire);
[[nodiscard]] expected<variant_record> from_wire(const v1::VariantRecord& wire);
[[nodiscard]] expected<alias_record> from_wire(const v1::AliasRecord& wire);
[[nodiscard]] expected<job_record> from_wire(const v1::JobRecord& wire);
/// `revision` stays 0: the key, or the notice around it, knows it.
[[nodiscard]] expected<event_record> from_wire(const v1::EventRecord& wire);

} // namespace trivium
