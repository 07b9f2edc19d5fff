#pragma once

#include "messages/values/ec.hpp"

#include <google/protobuf/repeated_field.h>

#include <type_traits>
#include <utility>
#include <vector>

namespace trivium {

/// Appends the message of each value.
template <class Value, class Message>
void write_all(const std::vector<Value>& values,
               google::protobuf::RepeatedPtrField<Message>& out) {
  out.Reserve(out.size() + static_cast<int>(values.size()));
  for (const auto& value : values)
    *out.Add() = to_wire(value);
}

/// `read_all<job_status>(list.jobs(), from_wire)`. The first error ends it.
template <class Value, class Message>
[[nodiscard]] expected<std::vector<Value>>
read_all(const google::protobuf::RepeatedPtrField<Message>& messages,
         std::type_identity_t<expected<Value> (*)(const Message&)> read) {
  std::vector<Value> values;
  values.reserve(static_cast<size_t>(messages.size()));
  for (const auto& message : messages) {
    TRIVIUM_TRY(auto value, read(message));
    values.push_back(std::move(value));
  }
  return values;
}

} // namespace trivium
