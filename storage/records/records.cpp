#include "storage/records/records.hpp"

#include "messages/wire/records.hpp"

#include <limits>

namespace trivium::storage {

namespace {

/// Map entries in the order of their keys: equal records, equal bytes.
std::string serialized(const google::protobuf::Message& message) {
  std::string bytes(message.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream stream{
    bytes.data(), static_cast<int>(bytes.size())};
  google::protobuf::io::CodedOutputStream out{&stream};
  out.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&out);
  return bytes;
}

template <class Message>
expected<Message> parsed(std::string_view bytes) {
  Message message;
  if (bytes.size() > std::numeric_limits<int>::max()
      || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return fail(ec::data_loss, "record: " + std::to_string(bytes.size())
                                 + " bytes are no " + Message{}.GetTypeName());
  return message;
}

} // namespace

std::string encode(const registration_record& record) {
  return serialized(to_wire(record));
}

std::string encode(const version_record& record) {
  return serialized(to_wire(record));
}

std::string encode(const variant_record& record) {
  return serialized(to_wire(record));
}

std::string encode(const alias_record& record) {
  return serialized(to_wire(record));
}

std::string encode(const job_record& record) {
  return serialized(to_wire(record));
}

std::string encode(const event_record& record) {
  return serialized(to_wire(record));
}

expected<registration_record> decode_registration(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::RegistrationRecord>(bytes));
  return from_wire(message);
}

expected<version_record> decode_version(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::VersionRecord>(bytes));
  return from_wire(message);
}

expected<variant_record> decode_variant(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::VariantRecord>(bytes));
  return from_wire(message);
}

expected<alias_record> decode_alias(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::AliasRecord>(bytes));
  return from_wire(message);
}

expected<job_record> decode_job(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::JobRecord>(bytes));
  return from_wire(message);
}

expected<event_record> decode_event(std::string_view bytes) {
  TRIVIUM_TRY(const auto message, parsed<v1::EventRecord>(bytes));
  return from_wire(message);
}

} // namespace trivium::storage
