#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/records.hpp"

#include <string>
#include <string_view>

namespace trivium::storage {

/// Records as the values of the metadata store: protobuf, messages/protocol/
/// trivium/v1/records.proto. Texts pass `printable` on their way in, because
/// protobuf refuses to read back what is not UTF-8, and long ones are
/// shortened, so that a record fits into the store whatever an error quotes.
[[nodiscard]] std::string encode(const registration_record& record);
[[nodiscard]] std::string encode(const version_record& record);
[[nodiscard]] std::string encode(const variant_record& record);
[[nodiscard]] std::string encode(const alias_record& record);
[[nodiscard]] std::string encode(const job_record& record);
[[nodiscard]] std::string encode(const event_record& record);

/// Strict: every enum known, every digest of 32 bytes, every version a semver.
/// Unknown fields (of a newer build) are passed over. Errors: data_loss for
/// what no build wrote, unsupported for an enum value of a newer build.
[[nodiscard]] expected<registration_record>
decode_registration(std::string_view bytes);
[[nodiscard]] expected<version_record> decode_version(std::string_view bytes);
[[nodiscard]] expected<variant_record> decode_variant(std::string_view bytes);
[[nodiscard]] expected<alias_record> decode_alias(std::string_view bytes);
[[nodiscard]] expected<job_record> decode_job(std::string_view bytes);
/// `revision` stays 0: the key knows it.
[[nodiscard]] expected<event_record> decode_event(std::string_view bytes);

} // namespace trivium::storage
