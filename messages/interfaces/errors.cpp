#include "messages/interfaces/errors.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace trivium {

caf::error to_caf(const error& e) {
  return {static_cast<uint8_t>(e.code), error_category,
          caf::make_message(e.text)};
}

error from_caf(const caf::error& e) {
  if (e.category() == error_category) {
    const auto& context = e.context();
    return {static_cast<ec>(e.code()), context.match_elements<std::string>()
                                         ? context.get_as<std::string>(0)
                                         : std::string{}};
  }
  if (e == caf::sec::request_timeout)
    return {ec::deadline_exceeded, "no answer in time"};
  if (e == caf::sec::request_receiver_down)
    return {ec::unavailable, "the actor that was asked is gone"};
  return {ec::internal, "actor error " + caf::deep_to_string(e)};
}

std::string render_error(uint8_t code, caf::atom_value,
                         const caf::message& context) {
  std::string text{to_string(static_cast<ec>(code))};
  if (context.match_elements<std::string>())
    text += ": " + context.get_as<std::string>(0);
  return text;
}

} // namespace trivium
