#include "storage/metadata/event_keys.hpp"

#include "messages/values/keys.hpp"

#include <charconv>

namespace trivium::storage {

bool is_event(std::string_view key) {
  return key.starts_with(keys::events_prefix);
}

bool may_hold_events(std::string_view prefix) {
  return is_event(prefix) || keys::events_prefix.starts_with(prefix);
}

revision revision_of_event(std::string_view key) {
  if (!is_event(key))
    return 0;
  const auto digits = key.substr(keys::events_prefix.size());
  revision at = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), at);
  return keys::event(at) == key ? at : 0;
}

revision first_event_from(std::string_view key, revision last) {
  revision low = 1;
  auto high = last + 1;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (keys::event(middle) < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

} // namespace trivium::storage
