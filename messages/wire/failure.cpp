#include "messages/wire/failure.hpp"

#include "messages/values/error_context.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

v1::Failure to_wire(const error& failure) {
  v1::Failure out;
  out.set_code(static_cast<uint32_t>(failure.code));
  out.set_text(wire_text(failure.text));
  if (const auto delay = retry_after(failure.code))
    out.set_retry_after_ms(static_cast<uint32_t>(delay->count()));
  return out;
}

error from_wire(const v1::Failure& wire) {
  const auto is_known =
    wire.code() != 0 && wire.code() <= static_cast<uint32_t>(last_ec);
  return {is_known ? static_cast<ec>(wire.code()) : ec::internal, wire.text()};
}

} // namespace trivium
