#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/manifest.hpp"
#include "messages/values/names.hpp"
#include "messages/values/semver.hpp"

#include "trivium/v1/records.pb.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace trivium {

/// Reads single fields of a message that someone else wrote. Nothing is taken
/// on trust, nothing throws.
class field_reader {
public:
  /// `what` opens the error texts; `damage` is the code of a field that no
  /// build writes so.
  constexpr field_reader(std::string_view what, ec damage)
    : what_(what), damage_(damage) {}

  /// `damage`, with "WHAT: " before the text.
  [[nodiscard]] tl::unexpected<error> refuse(std::string_view why) const;

  /// Enums whose first value is 1 on the wire, where 0 means "missing".
  /// Error: unsupported for a number above `last`.
  template <class Value>
  [[nodiscard]] expected<Value> enumeration(std::string_view name, int number,
                                            Value last) const {
    if (number <= 0)
      return refuse("field \"" + std::string{name} + "\" is missing");
    return plain_enumeration(name, int64_t{number} - 1, last, number);
  }

  /// Enums with our own numbers. Error: unsupported for any other number.
  template <class Value>
  [[nodiscard]] expected<Value>
  plain_enumeration(std::string_view name, int64_t number, Value last) const {
    return plain_enumeration(name, number, last, number);
  }

  /// Unset when empty, else 32 bytes.
  [[nodiscard]] expected<digest> optional_digest(std::string_view name,
                                                 std::string_view bytes) const;
  [[nodiscard]] expected<digest> required_digest(std::string_view name,
                                                 std::string_view bytes) const;

  [[nodiscard]] expected<semver> version(std::string_view text) const;

  /// What check_name lets pass.
  [[nodiscard]] expected<std::string> name(std::string_view what,
                                           const std::string& text) const;

  [[nodiscard]] expected<model_ref> model(const v1::ModelRef& wire) const;

  /// Jobs and events may be about no model.
  template <class Message>
  [[nodiscard]] expected<model_ref>
  optional_model(const Message& message) const {
    if (!message.has_model())
      return model_ref{};
    return model(message.model());
  }

private:
  template <class Value>
  [[nodiscard]] expected<Value> plain_enumeration(std::string_view name,
                                                  int64_t number, Value last,
                                                  int64_t shown) const {
    if (number < 0 || number > static_cast<int64_t>(last))
      return of_newer_build(name, shown);
    return static_cast<Value>(number);
  }

  [[nodiscard]] tl::unexpected<error> of_newer_build(std::string_view name,
                                                     int64_t number) const;

  std::string_view what_;
  ec damage_;
};

/// What a store holds, and what a node answers with.
inline constexpr field_reader of_record{"record", ec::data_loss};
inline constexpr field_reader of_answer{"answer", ec::data_loss};
/// What a client asks for.
inline constexpr field_reader of_request{"request", ec::invalid_argument};

/// Our enums count from 0; on the wire 0 means "missing", so these are one
/// higher.
template <class Wire, class Value>
[[nodiscard]] Wire wire_enum(Value value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}

/// unknown, the first of ours, is what "unspecified" says already.
[[nodiscard]] inline v1::ModelFormat wire_format(model_format format) {
  return static_cast<v1::ModelFormat>(format);
}

/// 32 bytes, none when unset.
[[nodiscard]] std::string wire_bytes(const digest& d);

[[nodiscard]] v1::ModelRef to_wire(const model_ref& model);

/// Leaves the field out where no model is named.
template <class Message>
void write_optional_model(const model_ref& model, Message& out) {
  if (!model.model.empty())
    *out.mutable_model() = to_wire(model);
}

} // namespace trivium
